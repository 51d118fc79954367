import { type Cost, TASK_KINDS, type TaskKind } from './measured.ts';

/** One task that a worker did while it had the machine to itself. */
export interface Timing {
  kind: TaskKind;
  /** Of video in it. */
  seconds: number;
  wall: number;
  cpu: number;
}

/** The costs by kind that fit the timings best: a line through them. */
export function costsOf(timings: readonly Timing[], by: string): Record<TaskKind, Cost> {
  const costs = TASK_KINDS.map((kind) => {
    const these = timings.filter((timing) => timing.kind === kind);
    if (these.length === 0) throw new Error(`No ${kind} was timed.`);
    const wall = line(these.map(({ seconds, wall }) => [seconds, wall]));
    const cpu = line(these.map(({ seconds, cpu }) => [seconds, cpu]));
    const cost: Cost = {
      fixed: { wall: wall.fixed, cpu: cpu.fixed },
      each: { wall: wall.each, cpu: cpu.each },
      by: `${by}: ${these.length} of ${spread(these.map(({ seconds }) => seconds))} s`,
    };
    return [kind, cost] as const;
  });
  return Object.fromEntries(costs) as Record<TaskKind, Cost>;
}

/** Least squares; neither a beginning nor a second of video takes less than nothing. */
export function line(points: readonly (readonly [x: number, y: number])[]): { fixed: number; each: number } {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([x]) => x), mean(([, y]) => y)];
  const spread = mean((point) => (point[0] - x) ** 2);
  const slope = spread > 0 ? mean((point) => (point[0] - x) * (point[1] - y)) / spread : 0;
  if (slope < 0) return { fixed: rounded(y), each: 0 };
  const fixed = y - slope * x;
  if (fixed >= 0) return { fixed: rounded(fixed), each: rounded(slope) };
  // Through the origin.
  return { fixed: 0, each: rounded(mean((point) => point[0] * point[1]) / mean((point) => point[0] ** 2)) };
}

const rounded = (seconds: number) => Math.round(seconds * 1e5) / 1e5;

function spread(values: number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => Math.round(value * 10) / 10);
  return least === most ? `${least}` : `${least} to ${most}`;
}
