import type { Fault, Scene } from './fault.ts';
import { atMost, pauseOr } from './kinds/waiting.ts';
import type { Random } from './random.ts';

/** Faults that must not meet strike one after the other; what belongs to other tracks goes on meanwhile. */
export type Tracks = Record<string, readonly Fault[]>;

interface Span {
  from: number;
  to: number;
}

export interface Limits {
  /** How long a fault may wait for its moment. */
  waitMs: number;
  /** Between two faults of a track; and between two that all work waits for, of the track `servers`. */
  pauseMs: Span;
  longPauseMs: Span;
  /** Each fault once, or again and again until the signal. */
  once: boolean;
}

/** How often a fault had its turn, and took effect: by what it is called, or by its kinds. */
export interface Count {
  struck: number;
  fired: number;
}

/** Those of the tracks that are to strike. */
export function chosen(tracks: Tracks, isChosen: (fault: Fault) => boolean): Tracks {
  return Object.fromEntries(Object.entries(tracks).map(([track, faults]) => [track, faults.filter(isChosen)]));
}

const kindsOf = ({ name, kinds = [name] }: Fault) => kinds;

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
  const counts = new Map(faults.flatMap(kindsOf).map((kind) => [kind, { struck: 0, fired: 0 }]));
  await Promise.all(
    Object.entries(tracks).map(([track, faults]) =>
      run(scene.random.fork(track), faults, track === 'servers' ? limits.longPauseMs : limits.pauseMs),
    ),
  );
  return counts;

  async function run(random: Random, faults: readonly Fault[], { from, to }: Span): Promise<void> {
    for (let round = 1; faults.length > 0 && !scene.signal.aborted; round++) {
      for (const [at, fault] of random.shuffled(faults).entries()) {
        await pauseOr(random.int(from, to), scene.signal);
        if (scene.signal.aborted) return;
        await strike(fault, scene.random.fork(`${fault.name}, round ${round}, ${at}`));
      }
      if (limits.once) return;
    }
  }

  async function strike(fault: Fault, random: Random): Promise<void> {
    for (const kind of kindsOf(fault)) countOf(kind).struck += 1;
    const signal = atMost(limits.waitMs, scene.signal);
    let isFirst = true;
    const fired = (detail?: string, kind = fault.name) => {
      countOf(kind).fired += 1;
      // The first time in a turn: some fire hundreds of times.
      if (isFirst) scene.note(`${kind}${detail ? ` (${detail})` : ''}`);
      isFirst = false;
    };
    try {
      await fault.strike({ ...scene, random, signal, fired });
    } catch (error) {
      scene.note(`${fault.name} could not strike: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  function countOf(kind: string): Count {
    const count = counts.get(kind);
    if (!count) throw new Error(`There is no fault ${kind}.`);
    return count;
  }
}
