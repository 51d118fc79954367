import type { Prices } from '../../core/prices/prices.ts';
import { planUpload } from '../../core/upload-plan.ts';
import type { AwsConfig } from '../config.ts';
import {
  API_CALLS,
  CLOCKED,
  type CountedFunction,
  FUNCTION_MEMORY,
  FUNCTION_MS,
  HOURS,
  IMAGE_GB,
  LISTENER_READS,
  LOGS_GB,
  PAGE_REQUESTS,
  QUEUE_POLLS,
  QUEUE_REQUESTS,
  RANGE_BYTES,
  ROW_BYTES,
  SOCKET_CALLS,
  SOCKET_MINUTES,
  SPAN_BATCHES,
  TABLE_UNITS,
  TICK_READS,
} from './assumed.ts';
import { type Entry, entriesOf } from './entry.ts';
import type { Load } from './load.ts';
import type { MeasuredVideo } from './measured.ts';
import { workerEntries, workerHours } from './workers.ts';

const GB = 1e9;

interface Month {
  video: MeasuredVideo;
  videos: number;
}

/** What is paid by use. */
export function byUse(config: AwsConfig, load: Load, month: Month, prices: Prices): Entry[] {
  const hours = workerHours(config, load, month.video.cpu_seconds);
  const calls = callsOf(config, month);
  return [
    ...workerEntries(config, hours, prices),
    ...functions(calls, month),
    ...storage(load, month),
    ...table(load, month),
    ...delivery(config, load, month),
    ...apis(month),
    entriesOf('SQS')('the queue of sources', QUEUE_POLLS + month.videos * QUEUE_REQUESTS, 'request', 'sqs_request'),
    ...network(config, month, hours.standing + hours.called + hours.idle),
    ...watching(config, month, calls),
    entriesOf('Secrets Manager')("reading the broker's password", month.videos, 'request', 'secret_request'),
  ];
}

/** By function, in a month. */
function callsOf({ tracing }: AwsConfig, { video, videos }: Month): Record<CountedFunction, number> {
  return {
    api: videos * API_CALLS,
    socket: videos * SOCKET_CALLS,
    dispatch: videos,
    notify: videos * (video.changes + 1),
    ...CLOCKED,
    traces: tracing ? videos * SPAN_BATCHES : 0,
  };
}

function functions(calls: Record<CountedFunction, number>, { video, videos }: Month): Entry[] {
  const names = Object.keys(FUNCTION_MS) as CountedFunction[];
  const entry = entriesOf('Lambda');
  const time = (name: string, gibSeconds: number) =>
    entry(`${name} function`, gibSeconds, 'GB-second', 'lambda_gib_second');
  const requests = names.reduce((sum, name) => sum + calls[name], videos * video.extraction.runs);
  return [
    time('metadata', videos * video.extraction.gib_seconds),
    ...names.map((name) => time(name, (calls[name] * FUNCTION_MS[name] * FUNCTION_MEMORY[name]) / 1000 / 1024)),
    entry('calls of all functions', requests, 'call', 'lambda_request'),
  ];
}

function storage({ keepMonths, views }: Load, { video, videos }: Month): Entry[] {
  const bytes = video.source_bytes + video.enhanced_bytes + video.beside_bytes;
  const upload = planUpload(Math.round(video.source_bytes));
  const sending = upload.kind === 'multipart' ? upload.part_count + 2 : 1;
  const entry = entriesOf('S3');
  return [
    entry('sources and what was made of them', (videos * keepMonths * bytes) / GB, 'GB-month', 's3_gib_month'),
    entry(
      'writing',
      videos * (sending + video.enhancement.s3_writes + video.extraction.s3_writes),
      'request',
      's3_write',
    ),
    entry(
      'reading, by workers and by viewers',
      videos * (video.enhancement.s3_reads + video.extraction.s3_reads + views * rangesOf(video)),
      'request',
      's3_read',
    ),
  ];
}

function table({ keepMonths }: Load, { video, videos }: Month): Entry[] {
  const of = (what: 'table_writes' | 'table_reads') => video.enhancement[what] + video.extraction[what];
  const ticks = CLOCKED.sweep + CLOCKED.backlog;
  const entry = entriesOf('DynamoDB');
  const rows = (videos * keepMonths * ROW_BYTES) / GB;
  return [
    entry('writing', videos * (of('table_writes') + TABLE_UNITS.writes), 'unit', 'table_write_unit'),
    entry(
      'reading',
      videos * (of('table_reads') + TABLE_UNITS.reads + video.changes * LISTENER_READS) + ticks * TICK_READS,
      'unit',
      'table_read_unit',
    ),
    entry('rows', rows, 'GB-month', 'table_gib_month'),
    entry('their recovery to any second', rows, 'GB-month', 'table_recovery_gib_month'),
  ];
}

const rangesOf = ({ enhanced_bytes }: MeasuredVideo) => Math.ceil(enhanced_bytes / RANGE_BYTES);

function delivery({ firewall }: AwsConfig, { views }: Load, { video, videos }: Month): Entry[] {
  const requests = videos * (views * (rangesOf(video) + PAGE_REQUESTS) + API_CALLS);
  return [
    entriesOf('CloudFront')('to viewers', (videos * views * video.enhanced_bytes) / GB, 'GB', 'cloudfront_gib'),
    entriesOf('CloudFront')('requests', requests, 'request', 'cloudfront_request'),
    entriesOf('CloudFront')('its function', requests, 'call', 'cloudfront_function'),
    entriesOf('WAF')('requests', firewall ? requests : 0, 'request', 'firewall_request'),
  ];
}

function apis({ video, videos }: Month): Entry[] {
  const entry = entriesOf('API Gateway');
  return [
    entry('HTTP', videos * API_CALLS, 'request', 'http_api_request'),
    entry('WebSocket', videos * (video.notices + SOCKET_CALLS), 'message', 'socket_message'),
    entry('WebSocket connections', videos * SOCKET_MINUTES, 'minute', 'socket_minute'),
  ];
}

/** S3 and DynamoDB, through which all that is large goes, have ways of their own, which are free. */
function network(config: AwsConfig, month: Month, workerHours: number): Entry[] {
  const starts = config.network === 'nat' ? workerHours / HOURS + month.videos / 100 : 0;
  const entry = entriesOf('Network');
  const logs = month.videos * LOGS_GB.video;
  return [
    entry("workers' public addresses", config.network === 'public' ? workerHours : 0, 'hour', 'public_ipv4_hour'),
    entry('through endpoints', config.network === 'endpoints' ? logs : 0, 'GB', 'endpoint_gib'),
    entry('through NAT gateways', config.network === 'nat' ? logs + starts * IMAGE_GB : 0, 'GB', 'nat_gib'),
  ];
}

function watching(
  { logRetentionDays, flowLogs, tracing }: AwsConfig,
  { videos }: Month,
  calls: Record<CountedFunction, number>,
): Entry[] {
  const logs = videos * LOGS_GB.video + LOGS_GB.clocked + (flowLogs ? LOGS_GB.flows : 0);
  const traces = tracing ? Object.values(calls).reduce((sum, count) => sum + count, videos) : 0;
  return [
    entriesOf('CloudWatch')('logs taken in', logs, 'GB', 'logs_gib'),
    entriesOf('CloudWatch')('logs kept', (logs * logRetentionDays) / 30, 'GB-month', 'logs_gib_month'),
    entriesOf('X-Ray')('traces', traces, 'trace', 'trace'),
  ];
}
