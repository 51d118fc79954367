import { type QueueName, readTaskMessage } from '../../../core/messages.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { LEASE_MS } from '../../../core/process.ts';
import { CHUNK_SECONDS } from '../../../core/timeline.ts';
import { dispatch } from '../../../pipeline/dispatch.ts';
import { extractMetadata } from '../../../pipeline/extract-metadata.ts';
import { sweep } from '../../../pipeline/sweep.ts';
import { workOn } from '../../../pipeline/work-on.ts';
import { aClock } from '../../twins.ts';
import { type History, madeAs } from '../history.ts';
import { seeded } from '../random.ts';
import { type Delivery, paperBroker } from './broker.ts';
import { madeOf, type Variant } from './media.ts';
import { type Mutant, storeOf } from './mutants.ts';
import { follow } from './person.ts';
import { turns } from './turns.ts';
import { paperWorld } from './world.ts';

const VIDEOS: readonly Variant[] = ['film', 'clip', 'film'];
/** Which queues a worker looks into, in which order. */
const LANES: Record<string, readonly QueueName[]> = {
  'worker-1': ['enhance', 'pieces'],
  'worker-2': ['enhance', 'pieces'],
  'metadata-1': ['metadata'],
};
const SHARE_TWICE = 0.25;
/** Of deliveries that end badly for their worker. */
const SHARE_KILLED = 0.2;
const SHARE_FROZEN = 0.3;
/** Calls to the outside world that a delivery makes, about. */
const CALLS = 16;
/** After so many misfortunes there are no more: everything has to come to an end. */
const MISFORTUNES = 8;
const HEARTBEAT_MS = 1_000;

/** Between a source and the word of it. */
const ARRIVAL_MS = 100;

const OUTPUTS = (['clip', 'film'] as const).flatMap((variant) =>
  [CHUNK_SECONDS, CHUNK_SECONDS / 2, 0].map((seconds) => [madeAs(variant, seconds), madeOf(variant, seconds)] as const),
);

/** What strikes a worker, and at which of its calls: before it is made, or before its answer comes. */
type Misfortune = { kind: 'killed' | 'frozen'; at: number; answered: boolean } | undefined;

/**
 * The steps of the pipeline, with workers that are killed or frozen at any of their calls, and messages that come twice:
 * in memory, in an order that is drawn by the seed, in milliseconds.
 *
 * @param tick moves the timers of the steps by so much
 */
export async function simulate(seed: number, tick: (ms: number) => void, mutant?: Mutant): Promise<History> {
  const random = seeded(seed);
  const clock = aClock();
  const life = turns(random.fork('order'), (ms) => {
    for (let left = ms; left > 0; left -= HEARTBEAT_MS) {
      clock.pass(Math.min(left, HEARTBEAT_MS));
      tick(Math.min(left, HEARTBEAT_MS));
    }
  });
  const copies = random.fork('copies');
  const broker = paperBroker(life.after, () => copies.chance(SHARE_TWICE));
  const fates = random.fork('fates');
  const world = paperWorld(clock, (key) => life.after(ARRIVAL_MS, () => dispatch(whole, key)));
  const whole = { ...world.ports, tasks: broker.tasks };
  let misfortunes = 0;
  let free = Object.keys(LANES);

  const draw = (): Misfortune => {
    const at = fates.int(1, CALLS);
    const answered = fates.chance(0.5);
    const kind = fates.chance(SHARE_KILLED) ? 'killed' : fates.chance(SHARE_FROZEN) ? 'frozen' : undefined;
    if (!kind || misfortunes >= MISFORTUNES) return undefined;
    misfortunes += 1;
    return { kind, at, answered };
  };

  const work = async (worker: string, delivery: Delivery) => {
    const back = () => free.push(worker);
    const message = readTaskMessage(delivery.body);
    if (!message) throw new Error('There are only tasks here.');
    if (mutant === 'acknowledged first') delivery.acknowledge();
    const through = passage(draw(), {
      turn: life.turn,
      // The connection is gone, and another life of the worker begins.
      lost: () => {
        delivery.giveBack();
        back();
      },
      thaw: (act) => life.after(LEASE_MS + fates.int(1_000, 20_000), act),
    });
    const own = watched({ ...whole, videos: storeOf(mutant, whole.videos, worker) }, through.call);
    const never = new AbortController().signal;
    const step = worker.startsWith('metadata') ? extractMetadata : workOn;
    try {
      await step(own, message, worker, never);
      delivery.acknowledge();
    } catch {
      delivery.giveBack();
    }
    if (!through.isLost()) back();
  };

  const arrivals = random.fork('arrivals');
  for (const [at, variant] of VIDEOS.entries()) {
    const fileId = `5f0c9b7e-8a55-4c1e-9d4b-${String(at).padStart(12, '0')}`;
    life.after(arrivals.int(0, 5_000), async () => {
      await world.send(fileId, variant);
      follow(whole, fileId, { random: arrivals, life, happened: (happening) => world.happenings.push(happening) });
    });
  }
  const give = () => {
    for (const worker of free) {
      const delivery = broker.take(LANES[worker] ?? []);
      if (!delivery) continue;
      free = free.filter((one) => one !== worker);
      void work(worker, delivery);
      return true;
    }
    return false;
  };
  await life.run(give);
  // Looks after what those who were killed have left.
  await sweep(whole, new AbortController().signal);
  await life.run(give);

  const remains = await world.remains();
  const parked = broker.parked.map(({ body, reason }) => ({ file_id: readTaskMessage(body)?.file_id ?? null, reason }));
  return {
    happenings: world.happenings,
    reference: new Map(OUTPUTS),
    remains: { ...remains, parked, queues: broker.depths(), scratch: [], programs: [] },
  };
}

/** The way of a worker's calls to the outside world. */
function passage(misfortune: Misfortune, on: { turn(): Promise<void>; lost(): void; thaw(act: () => void): void }) {
  let calls = 0;
  let isLost = false;
  let standstill: Promise<unknown> | undefined;
  const strike = () => {
    isLost = true;
    on.lost();
    const forever = new Promise<void>((resolve) => {
      if (misfortune?.kind === 'frozen') on.thaw(resolve);
    });
    standstill = forever.then(() => {
      standstill = undefined;
    });
  };
  return {
    isLost: () => isLost,
    async call<T>(make: () => Promise<T>): Promise<T> {
      await standstill;
      await on.turn();
      await standstill;
      calls += 1;
      const isNow = misfortune?.at === calls;
      if (isNow && !misfortune.answered) strike();
      await standstill;
      const answer = await make();
      if (isNow && misfortune.answered) strike();
      await standstill;
      return answer;
    },
  };
}

/** Every call to the outside world goes through `call`. */
function watched<P extends Pick<Ports, 'videos' | 'uploads' | 'files' | 'tasks'>>(
  ports: P,
  call: <T>(make: () => Promise<T>) => Promise<T>,
): P {
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => call(async () => Reflect.apply(member, target, args));
      },
    });
  const { videos, uploads, files, tasks } = ports;
  return { ...ports, videos: wrap(videos), uploads: wrap(uploads), files: wrap(files), tasks: wrap(tasks) };
}
