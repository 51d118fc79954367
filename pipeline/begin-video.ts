import { randomUUID } from 'node:crypto';
import type { Ports } from '../core/ports/index.ts';
import { spanned } from '../core/span.ts';
import { childTrace, newTrace } from '../core/trace.ts';

/** What a video is called, and the trace that follows it from here on. */
export interface Beginning {
  fileId: string;
  trace: string;
}

/**
 * The first step of a video, whichever way it comes: it gets its name and its trace.
 *
 * @param step what this way is called
 * @param follows the caller's own traceparent, where it has one: the trace goes on from there
 */
export function beginVideo<T>(
  { log, now }: Pick<Ports, 'log' | 'now'>,
  step: string,
  follows: string | undefined,
  work: (beginning: Beginning) => Promise<T>,
): Promise<T> {
  const fileId = randomUUID();
  const trace = follows ? childTrace(follows) : newTrace(now());
  const span = { name: step, trace, parent: follows };
  return spanned(log, now, span, () => work({ fileId, trace }), { file_id: fileId });
}
