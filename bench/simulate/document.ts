import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chart, svg } from './chart.ts';
import type { FilmRun } from './film.ts';
import { type Measured, TASK_KINDS } from './measured.ts';
import { markdown, percent, type Table } from './table.ts';

const DOCS = join(import.meta.dirname, '../../docs');

/** Puts tables into the places of `docs/scale.md` that bear their names, and draws its picture. */
export async function writeDocument(tables: Record<string, Table>, chart: Chart): Promise<void> {
  const path = join(DOCS, 'scale.md');
  await writeFile(path, Object.entries(tables).reduce(filled, await readFile(path, 'utf8')));
  await writeFile(join(DOCS, 'images/scale.svg'), svg(chart));
}

/** @throws Error when there is no place of this name */
export function filled(text: string, [name, table]: [string, Table]): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no place for ${name}: ${begin} … ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${markdown(table)}\n\n${text.slice(to)}`;
}

/** What the simulation is calibrated with. */
export function measuredTable({ machine, clip, tasks, hop, rows, growth }: Measured): Table {
  const seconds = (value: number) => `${Number(value.toPrecision(3))} s`;
  return {
    title: 'Measured',
    headings: ['task', 'wall, each', 'a second of video', 'CPU, each', 'a second of video'],
    rows: TASK_KINDS.map((kind) => {
      const { fixed, each } = tasks[kind];
      return [kind, seconds(fixed.wall), seconds(each.wall), seconds(fixed.cpu), seconds(each.cpu)];
    }),
    says: [
      `On ${machine.cores} × ${machine.cpu}, FFmpeg ${machine.ffmpeg}, Node ${machine.node}; ${clip.what}, ${clip.width} × ${clip.height} at ${clip.frames_per_second} pictures a second, one thread an encoder.`,
      `Between two tasks: ${seconds(hop.seconds)}. A record has ${rows.video_bytes} bytes, the row of a piece ${rows.piece_bytes}.`,
      ...(growth.length > 0
        ? [
            `The result is larger than made as a whole: ${growth
              .map(
                ({ chunk_seconds, share }) =>
                  `${share < 0 ? '−' : '+'}${percent(Math.abs(share))} in chunks of ${chunk_seconds} s`,
              )
              .join(', ')}.`,
          ]
        : []),
      `By: ${[...new Set([...Object.values(tasks).map(({ by }) => by), hop.by, rows.by, ...growth.map(({ by }) => by)])].join('; ')}.`,
    ],
  };
}

/** Time to playable by the number of workers. */
export function filmChart(bySize: ReadonlyMap<number, readonly FilmRun[]>): Chart {
  return {
    title: 'A three-hour film that has all workers to itself',
    x: { title: 'workers', marks: [1, 10, 100, 1000].map((value) => [value, value.toLocaleString('en')]) },
    y: {
      title: 'playable after',
      marks: [
        [300, '5 min'],
        [600, '10 min'],
        [1800, '30 min'],
        [3600, '1 h'],
        [10_800, '3 h'],
        [28_800, '8 h'],
      ],
    },
    series: [...bySize].map(([seconds, runs]) => ({
      name: `${seconds} s chunks`,
      points: runs.map(({ workers, playable }) => [workers, playable] as const),
    })),
  };
}
