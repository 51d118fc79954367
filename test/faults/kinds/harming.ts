import type { Fault, Scene } from '../fault.ts';
import type { Random } from '../random.ts';
import type { Call } from '../rig/calls.ts';
import type { Harm } from '../rig/emulator-front.ts';
import { pauseOr, untilDone } from './waiting.ts';

const WINDOW_MS = { from: 3_000, to: 10_000 };

/** For a while from the first on, some of the calls to a service fare badly. */
export function harming(
  name: string,
  service: Call['service'],
  share: number,
  harm: (by: { random: Random; call: Call }) => Harm | undefined,
): Fault {
  return {
    name,
    async strike({ rig, random, signal, fired }: Scene) {
      let stop = () => {};
      await untilDone(signal, (done) => {
        stop = rig.emulatorFront.harm((call) => {
          if (call.service !== service || !random.chance(share)) return undefined;
          const harmed = harm({ random, call });
          if (!harmed) return undefined;
          fired(call.operation);
          done();
          return harmed;
        });
        return () => {};
      });
      await pauseOr(random.int(WINDOW_MS.from, WINDOW_MS.to), signal);
      stop();
    },
  };
}
