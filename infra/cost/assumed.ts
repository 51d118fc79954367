/*
 * What the bill takes for granted because nobody could measure it here: Reelight has not run on AWS yet. Each is of a
 * size that people report. Measure it there, and put it here.
 */

/** An average month has so many hours. */
export const HOURS = 730;
const MINUTES = HOURS * 60;

/** Cores that FFmpeg keeps busy in a worker of two: of what a worker is paid for, the rest waits. By bench:simulate. */
export const BUSY_CORES = 1.1;

/** Hours that a worker is paid for without work when it was started for a burst: a minute to start, ten to be given up. */
export const IDLE_HOURS = 11 / 60;
/** GB that a worker's start brings in: its image. Only a NAT gateway charges for the way. */
export const IMAGE_GB = 0.4;

/** Calls of the HTTP API for one video: to upload, to list, to look; with what a page asks while it is open. */
export const API_CALLS = 12;
/** Of a client by WebSocket: it connects, says nothing much, and leaves. */
export const SOCKET_CALLS = 3;
export const SOCKET_MINUTES = 5;

/** Milliseconds of a call, warm. The metadata function's are measured. */
export const FUNCTION_MS = {
  api: 30,
  socket: 15,
  dispatch: 150,
  notify: 30,
  sweep: 400,
  backlog: 150,
  traces: 40,
} as const;
/** MiB, as the stacks say; a test holds it. */
export const FUNCTION_MEMORY = {
  api: 1024,
  socket: 512,
  dispatch: 512,
  notify: 512,
  sweep: 512,
  backlog: 512,
  traces: 512,
} as const;
export type CountedFunction = keyof typeof FUNCTION_MS;
/** Batches of a video's spans that logs hand on, where traces are made. */
export const SPAN_BATCHES = 8;
/** Calls a month of those that a clock calls. */
export const CLOCKED = { sweep: MINUTES / 5, backlog: MINUTES } as const;

/** Units of the table for one video beside its work: its creation, dispatch, the calls that ask for it. */
export const TABLE_UNITS = { writes: 40, reads: 40 } as const;
/** To find who listens, for each change. */
export const LISTENER_READS = 1.5;
/** To go through what may be in flight, for each tick of a clock: a query of each of sixteen shards, and the workers. */
export const TICK_READS = 17;
/** Bytes of a video's rows. */
export const ROW_BYTES = 6_000;

/** Bytes that a player asks for at once; CloudFront takes a request for each, and S3 for what is not in its caches. */
export const RANGE_BYTES = 4_000_000;
/** Requests for the page and what is on it, for each view. */
export const PAGE_REQUESTS = 15;

/** Lambda asks the queue with five pollers that wait up to twenty seconds each. */
export const QUEUE_POLLS = 5 * 3 * MINUTES;
/** Requests to the queue for one arrival: sent, received, deleted. */
export const QUEUE_REQUESTS = 3;

/** GB of logs: for one video, of the two functions with a clock, and of the network where its flows are written down. */
export const LOGS_GB = { video: 0.00006, clocked: 0.03, flows: 0.5 } as const;
/** Metrics of containers that are charged as one's own, where they are on. */
export const INSIGHT_METRICS = 17;
/** Of the broker's disk, each node. */
export const BROKER_GB = 1;
