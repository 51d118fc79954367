import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS } from '../../../core/process.ts';
import { signalGroup } from '../../../local/supervisor/group.ts';
import type { Fault, Scene } from '../fault.ts';
import { isMethod } from '../rig/amqp.ts';
import { CONSUMER_TICK_MS, CONSUMER_TIMEOUT_MS, type Rig } from '../rig/rig.ts';
import { pauseOr, untilDone } from './waiting.ts';

/** A step of the work takes from milliseconds to seconds: somewhere in the one that follows. */
const WITHIN_STAGE_MS = 400;

/** What happens to worker processes. Stages are named as workers log them. */
export function workerFaults(stages: readonly string[]): Fault[] {
  return [
    ...stages.map(killedAfter),
    killedBeforeAcknowledging,
    terminated,
    frozen('SIGSTOP past the lease', () => LEASE_MS + 4_000),
    // The broker looks at intervals.
    frozen('SIGSTOP past the consumer timeout', () => CONSUMER_TIMEOUT_MS + 2 * CONSUMER_TICK_MS + 3_000),
  ];
}

const killedAfter = (stage: string): Fault => ({
  name: `SIGKILL a worker after "${stage}"`,
  async strike({ rig, random, signal, fired }) {
    const line = await rig.logs.next((line) => line.stage === stage, signal);
    if (!line) return;
    await sleep(random.chance(0.3) ? 0 : random.int(0, WITHIN_STAGE_MS));
    if (kill(rig, line.worker)) fired(line.worker);
  },
});

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
    process.kill(pid, 'SIGTERM');
    fired(line.worker);
  },
};

/** Everything of the worker stops, as a machine does that is paused; when it goes on, others have long taken over. */
const frozen = (name: string, ms: () => number): Fault => ({
  name,
  async strike(scene: Scene) {
    const { rig, random, signal, fired } = scene;
    const line = await rig.logs.next(({ stage }) => stage === 'claimed', signal);
    const pid = line && rig.pipeline.pids()[line.worker];
    if (!pid) return;
    await sleep(random.int(0, 1_000));
    signalGroup(pid, 'SIGSTOP');
    fired(line.worker);
    try {
      await pauseOr(ms(), signal);
    } finally {
      signalGroup(pid, 'SIGCONT');
    }
  },
});

function kill(rig: Rig, part: string): boolean {
  const pid = rig.pipeline.pids()[part];
  if (pid) signalGroup(pid, 'SIGKILL');
  return pid !== undefined;
}
