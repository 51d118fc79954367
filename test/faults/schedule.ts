import type { Fault, Scene } from './fault.ts';
import { pauseOr } from './kinds/waiting.ts';
import type { Random } from './random.ts';

/** Faults that must not meet strike one after the other; what belongs to other tracks goes on meanwhile. */
export type Tracks = Record<string, readonly Fault[]>;

export interface Limits {
  /** How long a fault may wait for its moment. */
  waitMs: number;
  /** Between two faults of a track. */
  pauseMs: { from: number; to: number };
  /** Each fault once, or again and again until the signal. */
  once: boolean;
}

/** How often a fault had its turn, and took effect. */
export interface Count {
  struck: number;
  fired: number;
}

/**
 * Deals out the faults of each track, as from a shuffled deck, one at a time, until each had its turn or the signal
 * comes. Order, moments and victims are drawn by chance that depends on the seed and the names alone.
 */
export async function strikeAll(
  tracks: Tracks,
  scene: Omit<Scene, 'fired'> & { note(line: string): void },
  limits: Limits,
): Promise<Map<string, Count>> {
  const faults = Object.values(tracks).flat();
  const counts = new Map(faults.map(({ name }) => [name, { struck: 0, fired: 0 }]));
  await Promise.all(Object.entries(tracks).map(([track, faults]) => run(scene.random.fork(track), faults)));
  return counts;

  async function run(random: Random, faults: readonly Fault[]): Promise<void> {
    for (let round = 1; faults.length > 0 && !scene.signal.aborted; round++) {
      for (const [at, fault] of random.shuffled(faults).entries()) {
        await pauseOr(random.int(limits.pauseMs.from, limits.pauseMs.to), scene.signal);
        if (scene.signal.aborted) return;
        await strike(fault, scene.random.fork(`${fault.name}, round ${round}, ${at}`));
      }
      if (limits.once) return;
    }
  }

  async function strike(fault: Fault, random: Random): Promise<void> {
    const count = counts.get(fault.name) ?? { struck: 0, fired: 0 };
    count.struck += 1;
    const before = count.fired;
    const signal = AbortSignal.any([scene.signal, AbortSignal.timeout(limits.waitMs)]);
    const fired = (detail?: string) => {
      count.fired += 1;
      // The first time in a turn: some fire hundreds of times.
      if (count.fired === before + 1) scene.note(`${fault.name}${detail ? ` (${detail})` : ''}`);
    };
    try {
      await fault.strike({ ...scene, random, signal, fired });
    } catch (error) {
      scene.note(`${fault.name} could not strike: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
