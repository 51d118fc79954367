import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { encode, isMethod, messages, method, shortText } from '../rig/amqp.ts';
import type { Link } from '../rig/broker-front.ts';
import type { Rig } from '../rig/rig.ts';
import { pauseOr, untilDone } from './waiting.ts';

/** Nobody else uses this number of a channel; the broker takes up to 2,047. */
const COPIES_CHANNEL = 2_000;
const DOUBLING_MS = { from: 6_000, to: 15_000 };

/** What happens to the broker. It is never made to forget a queue: see `docs` of RabbitMQ 3.10 and SIGKILL. */
export const BROKER_FAULTS: readonly Fault[] = [
  betweenPublishAndConfirm('stopped', (rig) => rig.broker.stop()),
  betweenPublishAndConfirm('killed', (rig) => rig.broker.kill()),
  whileConsuming('stopped', (rig) => rig.broker.stop()),
  whileConsuming('killed', (rig) => rig.broker.kill()),
];

/** What happens on the way to and from the broker. */
export const MESSAGE_FAULTS: readonly Fault[] = [
  {
    /** As when a queue moves to another node: the broker takes a consumer off, and its client has to see to it. */
    name: 'basic.cancel',
    async strike({ rig, random, signal, fired }) {
      await pauseOr(random.int(0, 3_000), signal);
      const links = rig.brokerFront.links().filter(({ consumers }) => consumers.length > 0);
      if (links.length === 0 || signal.aborted) return;
      const link = random.pick(links);
      for (const { channel, tag } of link.consumers.splice(0)) {
        const cancel = method(channel, 'cancel', Buffer.concat([shortText(tag), Buffer.from([NO_WAIT])]));
        link.toBroker(cancel);
        link.toClient(cancel);
      }
      fired(link.name);
    },
  },
  {
    name: 'every message twice, at once',
    async strike({ rig, random, signal, fired }) {
      const gathered = new WeakMap<Link, ReturnType<typeof messages>>();
      const stop = rig.brokerFront.look((frame, from, link) => {
        if (from === 'broker') return frame.channel === COPIES_CHANNEL ? 'drop' : undefined;
        const gather = gathered.get(link) ?? copying(link, () => fired(link.name));
        gathered.set(link, gather);
        gather(frame);
        return undefined;
      });
      await pauseOr(random.int(DOUBLING_MS.from, DOUBLING_MS.to), signal);
      stop();
      // What the broker still says to the channel of the copies would confuse the client.
      for (const link of rig.brokerFront.links()) if (gathered.has(link)) link.cut();
    },
  },
];

const NO_WAIT = 1;

/** Sends each message once more, right behind the first, by a channel that the client knows nothing of. */
function copying(link: Link, copied: () => void) {
  let isOpen = false;
  return messages((frames) => {
    // The frame that completes the message goes on after this.
    queueMicrotask(() => {
      if (!isOpen) link.toBroker(method(COPIES_CHANNEL, 'openChannel', shortText('')));
      isOpen = true;
      for (const frame of frames) link.toBroker(encode({ ...frame, channel: COPIES_CHANNEL }));
      copied();
    });
  });
}

function betweenPublishAndConfirm(how: string, end: (rig: Rig) => Promise<void>): Fault {
  return {
    name: `broker ${how} between publish and confirm`,
    async strike({ rig, random, signal, fired }) {
      let publisher: Link | undefined;
      await untilDone(signal, (done) => {
        const stop = rig.brokerFront.look((frame, from, link) => {
          if (from === 'client' && !publisher && isMethod(frame, 'publish')) {
            publisher = link;
            done();
          }
          return undefined;
        });
        return stop;
      });
      if (!publisher) return;
      const publishing = publisher;
      const withhold = rig.brokerFront.look((frame, from, link) =>
        link === publishing && from === 'broker' && isMethod(frame, 'ack') ? 'drop' : undefined,
      );
      // Long enough for the message to be written, or not.
      await sleep(random.int(0, 50));
      fired(publishing.name);
      await restart(rig, end, random.int(0, 4_000)).finally(withhold);
    },
  };
}

function whileConsuming(how: string, end: (rig: Rig) => Promise<void>): Fault {
  return {
    name: `broker ${how} while consuming`,
    async strike({ rig, random, signal, fired }) {
      const line = await rig.logs.next(({ stage }) => stage === 'claimed', signal);
      if (!line) return;
      await sleep(random.int(0, 2_000));
      fired(`${line.worker} is at work`);
      await restart(rig, end, random.int(0, 4_000));
    },
  };
}

/** Its limits are forgotten with it, so nobody gets in before they are set again. */
async function restart(rig: Rig, end: (rig: Rig) => Promise<void>, awayMs: number): Promise<void> {
  await end(rig);
  rig.brokerFront.shut();
  await sleep(awayMs);
  await rig.broker.start();
  await rig.tuneBroker();
}
