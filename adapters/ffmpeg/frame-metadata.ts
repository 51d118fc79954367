/** FFmpeg's clock in filters where we tell it so: exact to the microsecond, which its own printing of seconds is not. */
export const MICROSECONDS = 'settb=1/1000000';

/** What filters say of one picture. */
export interface Told {
  /** Seconds, in the container's own time where timestamps are copied; NaN where the picture has none. */
  time: number;
  values: Record<string, string>;
}

/** Has the values with this beginning printed, of all pictures that have any. */
export function printing(pipe: 1 | 2): string {
  return `metadata=mode=print:file='pipe\\:${pipe}':direct=1`;
}

/** Takes the lines that FFmpeg's `metadata` filter prints, in microseconds. */
export function readTold(text: string): Told[] {
  const told: Told[] = [];
  for (const line of text.split('\n')) {
    const [, pts] = /^frame:\d+\s+pts:(\S+)/.exec(line) ?? [];
    if (pts !== undefined) told.push({ time: Number(pts) / 1e6, values: {} });
    const [, key, value] = /^(lavfi\.[\w.]+)=(.*)$/.exec(line) ?? [];
    const last = told.at(-1);
    if (last && key !== undefined && value !== undefined) last.values[key] = value.trim();
  }
  return told;
}
