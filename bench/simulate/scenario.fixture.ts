import type { Measured, TaskKind } from './measured.ts';
import type { Scenario } from './pipeline.ts';
import { fixed } from './scaling.ts';
import type { Efforts } from './work.ts';

/** Seconds by kind, whatever is in it; one processor is busy all the time. */
export function taking(seconds: Partial<Record<TaskKind, number>>): Efforts {
  return (kind) => ({ wall: seconds[kind] ?? 0, cpu: seconds[kind] ?? 0 });
}

/** So many workers that are there from the beginning, and nothing in between. */
export function plainly(workers: number, changes: Partial<Scenario> = {}): Scenario {
  return {
    seed: 1,
    efforts: (_, { seconds }, part = seconds) => ({ wall: part, cpu: part }),
    arrivals: [],
    fleet: { rule: fixed(workers), start: 0, cores: 1 },
    chunkSeconds: 10,
    dispatch: 0,
    hop: 0,
    count: () => ({ mean: 0, lost: 0 }),
    ...changes,
  };
}

/** As if a second of video took a second, and everything else hardly anything. */
export function aMeasured(changes: Partial<Measured> = {}): Measured {
  const cost = (fixed: number, each: number) => ({
    fixed: { wall: fixed, cpu: fixed },
    each: { wall: each, cpu: each },
    by: 'nobody',
  });
  return {
    v: 1,
    machine: { cpu: 'a processor', cores: 2, ffmpeg: '5.1', node: 'v24' },
    clip: {
      ...{ what: 'a clip', width: 1280, height: 720, frames_per_second: 25 },
      ...{ source_bytes_per_second: 200_000, output_bytes_per_second: 250_000 },
    },
    rows: { video_bytes: 5000, piece_bytes: 900, by: 'nobody' },
    growth: [{ chunk_seconds: 10, share: 0.01, by: 'nobody' }],
    tasks: {
      whole: cost(1, 1),
      plan: cost(1, 0.01),
      source: cost(0.1, 0),
      proxy: cost(0.2, 0.3),
      sound: cost(0.2, 0.02),
      chunk: cost(0.4, 1),
      assemble: cost(1, 0.02),
    },
    hop: { seconds: 0.01, by: 'nobody' },
    runs: [],
    ...changes,
  };
}
