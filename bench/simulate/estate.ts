import { CHUNK_SECONDS } from '../../core/timeline.ts';
import { DISPATCH_SECONDS, HOP_SECONDS, SPOT_HOURS, START_SECONDS, WORKER } from './assumed.ts';
import type { Measured } from './measured.ts';
import type { Scenario } from './pipeline.ts';
import { contention } from './record.ts';
import { fixed, type Rule } from './scaling.ts';
import { CLASSES, MEAN_WEIGHT } from './traffic.ts';
import { chunksOf, effortsFrom } from './work.ts';

/** What the simulations of AWS have in common. */
export interface Estate {
  measured: Measured;
  seed: number;
  /** Seconds until a worker is there. */
  start: number;
}

export const DEFAULT_START = START_SECONDS;

/** Everything but the traffic, for chunks of one length and one rule. Spot workers, one processor each. */
export function onAws(
  { measured, seed, start }: Estate,
  { chunkSeconds = CHUNK_SECONDS, rule = fixed(1) }: { chunkSeconds?: number; rule?: Rule },
): Omit<Scenario, 'arrivals'> {
  return {
    seed,
    efforts: effortsFrom(measured),
    chunkSeconds,
    dispatch: DISPATCH_SECONDS,
    hop: measured.hop.seconds + HOP_SECONDS,
    count: counting(measured, chunkSeconds),
    fleet: { rule, start, cores: WORKER.vcpu, interrupted: SPOT_HOURS },
  };
}

/** Seconds of a worker for an average piece of so many seconds of video. */
export function pieceSeconds(measured: Measured, chunkSeconds: number): number {
  const { wall, cpu } = effortsFrom(measured)('chunk', { seconds: chunkSeconds, weight: MEAN_WEIGHT });
  return Math.max(wall, cpu / WORKER.vcpu);
}

/** How long counting a piece takes, and how likely it fails, as the record of a film has it. */
function counting(measured: Measured, chunkSeconds: number): Scenario['count'] {
  const film = Math.max(...CLASSES.flatMap(({ lengths }) => [...lengths]));
  const known = new Map<number, ReturnType<Scenario['count']>>();
  return (workers) => {
    const about = 2 ** Math.round(Math.log2(Math.max(1, workers)));
    const before = known.get(about);
    if (before) return before;
    const pieces = chunksOf(film, chunkSeconds).length;
    const found = contention(about, pieceSeconds(measured, chunkSeconds), pieces, measured.rows.piece_bytes);
    known.set(about, found);
    return found;
  };
}
