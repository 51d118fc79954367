/** W3C trace context: one trace follows a video through every hop. https://www.w3.org/TR/trace-context/ */
export function newTrace(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}

/** The same trace, a new span: what the next hop passes on. */
export function childTrace(trace: string): string {
  const [version, traceId, , flags] = trace.split('-');
  return `${version}-${traceId}-${hex(8)}-${flags}`;
}

function hex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}
