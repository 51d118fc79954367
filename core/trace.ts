/** W3C trace context: one trace follows a video through every hop. https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/**
 * A trace of its own. It begins with the second it is from, which W3C leaves open and X-Ray wants.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
 */
export function newTrace(now = new Date()): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `00-${seconds.toString(16).padStart(8, '0')}${hex(12)}-${hex(8)}-01`;
}

/** The same trace, a new span. */
export function childTrace(trace: string): string {
  const [version, traceId, , flags] = trace.split('-');
  return `${version}-${traceId}-${hex(8)}-${flags}`;
}

/** What a caller calls its trace; undefined when that is no traceparent. */
export function traceparent(header: string | null | undefined): string | undefined {
  return header && TRACEPARENT.test(header) ? header : undefined;
}

/** The names of a span: its trace's, and its own. */
export function namesOf(trace: string): { traceId: string; spanId: string } {
  const [, traceId = '', spanId = ''] = trace.split('-');
  return { traceId, spanId };
}

function hex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}
