import { PIECES_PER_WORKER } from '../../core/pieces.ts';
import { type Estate, onAws } from './estate.ts';
import { simulate } from './pipeline.ts';
import { fixed, stepping, stepsFor } from './scaling.ts';
import { DRAIN_SECONDS } from './sizes.ts';
import { percent, quantile, type Table, time } from './table.ts';

/** Pieces of one video in the queue for each worker; a thousand is all of them. */
const WINDOWS = [1, 2, 4, 8, 1000];
const FILM = { seconds: 10_800, weight: 1 };
const CLIP = { seconds: 60, weight: 1 };
const WORKERS = 10;
const TOLERANCE = 0.02;

export interface WindowResult {
  window: number;
  /** A minute's clip behind five films, with ten workers: the middle one, and nine in ten. */
  behind: { median: number; most: number };
  /** A film with workers that have to be started. */
  film: number;
}

export function compareWindows(estate: Estate): WindowResult[] {
  return WINDOWS.map((window) => {
    const steady = onAws({ ...estate, start: 0 }, { rule: fixed(WORKERS) });
    const filmsFirst = Array.from({ length: 5 }, (_, i) => ({ ...FILM, at: i }));
    const clips = Array.from({ length: 20 }, (_, i) => ({ ...CLIP, at: 900 + i * 121.7 }));
    const { interrupted, ...fleet } = steady.fleet;
    const { fates } = simulate({ ...steady, fleet, window, arrivals: [...filmsFirst, ...clips] });
    const waits = fates.slice(filmsFirst.length).map(({ arrived, playable }) => playable - arrived);

    const steps = stepsFor(DRAIN_SECONDS, 100);
    const rule = stepping({ name: '', metric: 'left', steps, cooldown: 300 });
    const [alone] = simulate({ ...onAws(estate, { rule }), window, arrivals: [{ ...FILM, at: 60 }] }).fates;
    const film = (alone?.playable ?? Number.NaN) - (alone?.arrived ?? 0);
    return { window, behind: { median: quantile(waits, 0.5), most: quantile(waits, 0.9) }, film };
  });
}

export function windowsTable(results: readonly WindowResult[]): Table {
  const quickest = Math.min(...results.map(({ film }) => film));
  const best = results.find(({ film }) => film <= quickest * (1 + TOLERANCE));
  const [now, less] = [PIECES_PER_WORKER, best?.window ?? PIECES_PER_WORKER].map((window) => {
    return results.find((result) => result.window === window);
  });
  return {
    title: 'Pieces of one video in the queue for each worker',
    headings: ['pieces', '1 min clip behind 5 films, 10 workers', 'nine in ten', 'a film, from no worker to 100'],
    rows: results.map(({ window, behind, film }) => [
      window < 1000 ? String(window) : 'the largest',
      time(behind.median),
      time(behind.most),
      time(film),
    ]),
    says: [
      `Suggested: ${best?.window ?? '–'}, the smallest with which a film takes at most ${percent(TOLERANCE)} longer than with the best window, since workers that are just starting find something to do.`,
      now && less && now !== less
        ? `The pipeline has ${now.window}: a clip behind films waits ${time(now.behind.median - less.behind.median)} longer than with ${less.window}, and a film alone is playable ${time(Math.abs(less.film - now.film))} ${less.film < now.film ? 'later' : 'sooner'}.`
        : `The pipeline has ${PIECES_PER_WORKER}.`,
    ],
  };
}
