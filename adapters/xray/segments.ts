import { SpanLine } from '../../core/span.ts';
import { namesOf } from '../../core/trace.ts';

/** X-Ray takes no more letters than these in a name. */
const OTHER_LETTERS = /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu;

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export interface Segment {
  name: string;
  id: string;
  trace_id: string;
  parent_id?: string;
  /** Seconds since 1970. */
  start_time: number;
  end_time: number;
  type?: 'subsegment';
  fault?: true;
  annotations?: Record<string, string>;
}

/**
 * The span that a line of a log tells of; undefined when it tells of none. Lambda wraps what functions write: then the
 * line is the message of another one.
 */
export function spanIn(line: string): SpanLine | undefined {
  const read = parsed(line);
  const span = SpanLine.safeParse(
    typeof read?.message === 'string' && 'requestId' in read ? parsed(read.message) : read,
  );
  return span.data;
}

export function segmentOf({ span_name, trace, parent, began, seconds, fault, step, file_id }: SpanLine): Segment {
  const { traceId, spanId } = namesOf(trace);
  const start = Date.parse(began) / 1000;
  return {
    name: span_name.replace(OTHER_LETTERS, '_').slice(0, 200),
    id: spanId,
    trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    ...(parent && { parent_id: parent }),
    start_time: start,
    end_time: start + seconds,
    ...(step && { type: 'subsegment' }),
    ...(fault && { fault: true }),
    ...(file_id && { annotations: { file_id } }),
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
