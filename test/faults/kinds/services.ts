import { signalGroup } from '../../../local/supervisor/group.ts';
import { until } from '../../../local/supervisor/part.ts';
import type { Fault } from '../fault.ts';
import { pauseOr } from './waiting.ts';

const BACK_MS = 60_000;

/** What happens to the other programs of one machine. */
export const SERVICE_FAULTS: readonly Fault[] = [
  killed('bridge'),
  killed('edge'),
  {
    name: 'emulator restarted gracefully',
    async strike({ rig, random, signal, fired }) {
      await pauseOr(random.int(0, 3_000), signal);
      const before = rig.pipeline.pids();
      if (!before.emulator || signal.aborted) return;
      process.kill(before.emulator, 'SIGTERM');
      fired();
      // The services are started anew with it, since it forgets who they are.
      const renewed = async () => {
        const now = rig.pipeline.pids();
        return ['emulator', 'worker-1', 'bridge', 'edge'].every((part) => now[part] && now[part] !== before[part]);
      };
      await until(renewed, AbortSignal.timeout(BACK_MS));
      await until(
        async (patience) => (await fetch(`${rig.base}/healthz`, { signal: patience })).ok,
        AbortSignal.timeout(BACK_MS),
      );
    },
  },
];

function killed(part: string): Fault {
  return {
    name: `SIGKILL the ${part}`,
    async strike({ rig, random, signal, fired }) {
      await pauseOr(random.int(0, 3_000), signal);
      const pid = rig.pipeline.pids()[part];
      if (!pid || signal.aborted) return;
      signalGroup(pid, 'SIGKILL');
      fired();
    },
  };
}
