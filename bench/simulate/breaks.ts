import { LARGEST_WINDOW } from '../../core/pieces.ts';
import { CHUNK_SECONDS } from '../../core/timeline.ts';
import { type Estate, pieceSeconds } from './estate.ts';
import { LIMITS, type Limit, type Load } from './limits.ts';
import { contention } from './record.ts';
import { percent, type Table } from './table.ts';
import { MEAN_SECONDS, MEAN_WEIGHT } from './traffic.ts';
import { chunksOf, effortsFrom } from './work.ts';

const FILM_SECONDS = 10_800;
/** Pixels of 1080p against those of 720p. */
const FULL_HD = 2.25;
export const MAGNITUDES = [1, 10, 100, 1000] as const;
/** Of a film, one task each, however many workers there are. */
const LONG = ['proxy', 'sound', 'assemble', 'plan'] as const;
/** Numbers of workers: about as far apart as they are large, and beyond the largest at which something breaks. */
const TRIED = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000];

export interface Breaking {
  limit: Limit;
  /** Of the limit, at each magnitude: over 1, it is what breaks. */
  used: number[];
  /** Workers with which it is reached, about; `Infinity` where it is not before three thousand. */
  at: number;
}

/** How much of each limit is used, by the number of workers; those that break first come first. */
export function breakings(estate: Estate, chunkSeconds = CHUNK_SECONDS): Breaking[] {
  const loads = new Map(TRIED.map((workers) => [workers, loadsOf(estate, workers, chunkSeconds)]));
  const used = (limit: Limit, workers: number) =>
    Math.max(...(loads.get(workers) ?? []).map((load) => limit.asked(load) / limit.most));
  return LIMITS.map((limit) => {
    const over = TRIED.findIndex((workers) => used(limit, workers) > 1);
    const [before, after] = [TRIED[over - 1], TRIED[over]];
    return {
      limit,
      used: MAGNITUDES.map((workers) => used(limit, workers)),
      at: after === undefined ? Number.POSITIVE_INFINITY : before ? between(before, after) : after,
    };

    /** As if it grew evenly in between. */
    function between(before: number, after: number): number {
      const [low, high] = [used(limit, before), used(limit, after)];
      return before + ((1 - low) / (high - low)) * (after - before);
    }
  }).toSorted((a, b) => a.at - b.at || (b.used.at(-1) ?? 0) - (a.used.at(-1) ?? 0));
}

/** Two extremes: on one film as many as may be, and each on a video of its own. */
function loadsOf({ measured, seed }: Estate, workers: number, chunkSeconds: number): Load[] {
  const seconds = pieceSeconds(measured, chunkSeconds);
  const { rows, clip } = measured;
  const efforts = effortsFrom(measured);
  const common = {
    workers,
    pieces: workers / seconds,
    record: rows.video_bytes,
    piece: rows.piece_bytes,
    longest: Math.max(...LONG.map((kind) => efforts(kind, { seconds: FILM_SECONDS, weight: 1 }).wall)),
    // The chunks, and the result beside them.
    scratch: (2 * FILM_SECONDS * clip.output_bytes_per_second * FULL_HD) / 1024 ** 3,
    sourceBytes: ((workers * chunkSeconds) / seconds) * clip.source_bytes_per_second * MEAN_WEIGHT,
  };
  const load = (onOne: number, videos: number, inFlight: number): Load => {
    const pieces = chunksOf(FILM_SECONDS, chunkSeconds).length;
    const { writes, conflicts, drawings, lost } = contention(onOne, seconds, pieces, rows.piece_bytes, seed);
    const ofOne = { onOne, piecesOfOne: onOne / seconds, allPieces: pieces * rows.piece_bytes };
    return { ...common, ...ofOne, writes, conflicts, drawings, lost, videos, inFlight };
  };
  const videos = workers / ((MEAN_SECONDS / chunkSeconds) * seconds);
  return [load(Math.min(workers, LARGEST_WINDOW), 0, 1), load(1, videos, workers)];
}

export function breaksTable(found: readonly Breaking[]): Table {
  return {
    title: 'How much of each limit is used, by the number of workers; what breaks first comes first',
    headings: ['limit', 'is', ...MAGNITUDES.map((workers) => `at ${workers.toLocaleString('en')}`), 'breaks at'],
    rows: found.map(({ limit, used, at }) => [
      `${limit.name}${limit.guess ? ' *' : ''}`,
      `${limit.most < 1 ? percent(limit.most) : `${Number(limit.most.toPrecision(3)).toLocaleString('en')} ${limit.unit}`}`,
      ...used.map(percent),
      Number.isFinite(at) ? Math.round(at).toLocaleString('en') : '–',
    ]),
    says: [
      ...MAGNITUDES.map((workers, i) => {
        const isOver = ({ used }: Breaking, at: number) => (used[at] ?? 0) > 1;
        const fresh = found.filter((each) => isOver(each, i) && !isOver(each, i - 1));
        const before = `At ${workers.toLocaleString('en')} ${workers === 1 ? 'worker' : 'workers'}`;
        if (fresh.length === 0) return `${before}, nothing more breaks.`;
        return `${before}: ${fresh.map(({ limit }) => `${limit.name} (${limit.remedy})`).join('; ')}.`;
      }),
      '* Not a quota of AWS: nobody publishes a figure, or it follows from our own code.',
    ],
  };
}
