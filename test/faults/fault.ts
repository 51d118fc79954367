import type { Crowd } from './people/crowd.ts';
import type { Person } from './people/person.ts';
import type { Random } from './random.ts';
import type { Rig } from './rig/rig.ts';

/** One kind of harm. */
export interface Fault {
  name: string;
  /** What it can be, where that depends on the moment: each is counted by itself. */
  kinds?: readonly string[];
  /**
   * Waits for its moment, does the harm, says so each time it takes effect, and puts right what would not heal by itself.
   * When the signal comes first, it only does the last.
   */
  strike(scene: Scene): Promise<void>;
}

/** Where a fault strikes. */
export interface Scene {
  rig: Rig;
  crowd: Crowd;
  people: readonly Person[];
  random: Random;
  /** The moment did not come in time, or all is over. */
  signal: AbortSignal;
  /** It took effect, as what it is called or as one of its kinds. Counted, and printed with the detail. */
  fired(detail?: string, kind?: string): void;
}
