import { z } from 'zod';
import type { Fields, Log } from './log.ts';
import { childTrace, namesOf } from './trace.ts';

/**
 * A stretch of work on a video, as it is logged: one line when it is over. Nothing else has to be reached to write it
 * down, so every part does it in the same way, on one machine too; in AWS, a function makes segments of X-Ray of them.
 */
export const SpanLine = z.object({
  message: z.literal('span'),
  /** After the file in `pipeline/` that it is the work of, or after the step in it. */
  span_name: z.string(),
  /** Its traceparent. */
  trace: z.string(),
  /** The span that it is a part of, or follows from; null for the first. */
  parent: z.string().nullable(),
  began: z.iso.datetime(),
  seconds: z.number(),
  /** Whether it ended in an error. */
  fault: z.boolean(),
  /** Whether it is a part of its parent, and not what came after it. */
  step: z.boolean(),
  file_id: z.string().optional(),
});
export type SpanLine = z.infer<typeof SpanLine>;

export interface SpanOf {
  name: string;
  /** The span's own traceparent. */
  trace: string;
  /** The traceparent of what it follows from, or is a part of. */
  parent: string | undefined;
  step?: boolean;
}

/** Runs the work and logs the span of it, however it ends. Time is the clock's of the ports, length that of the process. */
export async function spanned<T>(
  log: Log,
  now: () => Date,
  { name, trace, parent, step = false }: SpanOf,
  work: () => Promise<T>,
  fields: Fields = {},
): Promise<T> {
  const began = now().toISOString();
  const from = performance.now();
  let fault = true;
  try {
    const result = await work();
    fault = false;
    return result;
  } finally {
    const seconds = Math.round(performance.now() - from) / 1000;
    const line = {
      span_name: name,
      trace,
      parent: parent ? namesOf(parent).spanId : null,
      began,
      seconds,
      fault,
      step,
    };
    log.info('span', { ...line, ...fields } satisfies Omit<SpanLine, 'message'>);
  }
}

/** A step within the span of this trace. */
export function stepOf(trace: string, name: string): SpanOf {
  return { name, trace: childTrace(trace), parent: trace, step: true };
}
