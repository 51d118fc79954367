import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS } from '../../../core/process.ts';
import { signalGroup } from '../../../local/supervisor/group.ts';
import type { Fault, Scene } from '../fault.ts';
import { isMethod } from '../rig/amqp.ts';
import { CONSUMER_TICK_MS, CONSUMER_TIMEOUT_MS, type Rig } from '../rig/rig.ts';
import type { WorkerLine } from '../rig/worker-logs.ts';
import { atMost, pauseOr, untilDone } from './waiting.ts';

/** A step of the work takes from milliseconds to seconds: somewhere in the one that follows. */
const WITHIN_STAGE_MS = 400;
/** More than a worker is given to finish what is nearly done, and to end. */
const GOES_WITHIN_MS = 20_000;

/** Of all that happens to workers, so many are killed in the middle: there are that many places for it. */
const KILLS = 6;

/** What happens to worker processes. Stages are named as workers log them. */
export function workerFaults(stages: readonly string[]): Fault[] {
  return [
    ...new Array(KILLS).fill(killedWithin(stages)),
    killedBeforeAcknowledging,
    terminated,
    frozen('SIGSTOP past the lease', async ({ rig, signal }, { worker, fields }) => {
      await pauseOr(LEASE_MS + 2_000, signal);
      return leaseHasRunOut(rig, worker, String(fields.file_id));
    }),
    frozen('SIGSTOP past the consumer timeout', ({ rig, signal }, { worker }) => channelIsClosed(rig, worker, signal)),
  ];
}

/** In the stage that follows one of those in which it has happened least. */
function killedWithin(stages: readonly string[]): Fault {
  const name = 'SIGKILL a worker';
  const kind = (stage: string) => `${name} after "${stage}"`;
  const kills = new Map(stages.map((stage) => [stage, 0]));
  return {
    ...{ name, kinds: stages.map(kind) },
    async strike({ rig, random, signal, fired }) {
      const least = Math.min(...kills.values());
      const line = await rig.logs.next(({ stage }) => stage !== null && kills.get(stage) === least, signal);
      if (!line?.stage) return;
      await sleep(random.chance(0.3) ? 0 : random.int(0, WITHIN_STAGE_MS));
      if (!kill(rig, line.worker)) return;
      kills.set(line.stage, least + 1);
      fired(line.worker, kind(line.stage));
    },
  };
}

/** All is written, and the broker does not know: what is redelivered must find it done. */
const killedBeforeAcknowledging: Fault = {
  name: 'SIGKILL a worker before it acknowledges',
  strike: ({ rig, signal, fired }) =>
    untilDone(signal, (done) =>
      rig.brokerFront.look((frame, from, { name }) => {
        const [, worker] = /^enhancer (\S+) receiving/.exec(name) ?? [];
        if (from !== 'client' || !worker || !isMethod(frame, 'ack')) return undefined;
        if (kill(rig, worker)) fired(worker);
        done();
        return 'drop';
      }),
    ),
};

const terminated: Fault = {
  name: 'SIGTERM a worker at work',
  async strike({ rig, random, signal, fired }) {
    const line = await rig.logs.next(({ stage }) => stage === 'claimed', signal);
    const pid = line && rig.pipeline.pids()[line.worker];
    if (!pid) return;
    await sleep(random.int(0, 1_500));
    const isSo = ({ worker, fields }: WorkerLine) => worker === line.worker && fields.message === 'stopped';
    const gone = rig.logs.next(isSo, atMost(GOES_WITHIN_MS));
    process.kill(pid, 'SIGTERM');
    if (await gone) fired(line.worker);
  },
};

/**
 * Everything of the worker stops, as a machine does that is paused; when it goes on, others have long taken over.
 *
 * @param until waits, and answers whether it came to what it is for
 */
const frozen = (name: string, until: (scene: Scene, line: WorkerLine) => Promise<boolean>): Fault => ({
  name,
  async strike(scene: Scene) {
    const { rig, random, signal, fired } = scene;
    const line = await rig.logs.next(({ stage }) => stage === 'claimed', signal);
    const pid = line && rig.pipeline.pids()[line.worker];
    if (!pid) return;
    await sleep(random.int(0, 1_000));
    signalGroup(pid, 'SIGSTOP');
    try {
      if (await until(scene, line)) fired(line.worker);
    } finally {
      signalGroup(pid, 'SIGCONT');
    }
  },
});

/** Whether the worker still holds a claim on the video, for longer than it has said that it lives. */
async function leaseHasRunOut(rig: Rig, worker: string, fileId: string): Promise<boolean> {
  const [video, pieces] = await Promise.all([rig.videos.get(fileId), rig.videos.pieces(fileId)]);
  const states = [...Object.values(video?.processes ?? {}), ...pieces.map(({ state }) => state)];
  const now = new Date().toISOString();
  return states.some(({ claim }) => claim?.worker === worker && claim.lease_until < now);
}

/** Waits until the broker closes the channel of the worker, which does not hear it, and a moment longer. */
async function channelIsClosed(rig: Rig, worker: string, signal: AbortSignal): Promise<boolean> {
  let isClosed = false;
  // The broker looks at intervals.
  await untilDone(atMost(CONSUMER_TIMEOUT_MS + 3 * CONSUMER_TICK_MS, signal), (done) =>
    rig.brokerFront.look((frame, from, { name }) => {
      if (from !== 'broker' || name !== `enhancer ${worker} receiving` || !isMethod(frame, 'closeChannel')) return;
      isClosed = true;
      done();
      return undefined;
    }),
  );
  // Another one begins.
  await pauseOr(3_000, signal);
  return isClosed;
}

function kill(rig: Rig, part: string): boolean {
  const pid = rig.pipeline.pids()[part];
  if (pid) signalGroup(pid, 'SIGKILL');
  return pid !== undefined;
}
