import type { ConsumeMessage, MessageProperties } from 'amqplib';

/**
 * What an Amazon MQ event source mapping hands to a function: messages by queue and virtual host, bodies in base64.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html#mq-event
 */
export interface RabbitMqEvent {
  eventSource: 'aws:rmq';
  eventSourceArn: string;
  rmqMessagesByQueue: Record<string, RabbitMqRecord[]>;
}

export interface RabbitMqRecord {
  basicProperties: {
    contentType: string | null;
    contentEncoding: string | null;
    headers: Record<string, HeaderValue>;
    deliveryMode: number | null;
    priority: number | null;
    correlationId: string | null;
    replyTo: string | null;
    expiration: string | null;
    messageId: string | null;
    /** As Java prints it: `Jan 1, 1970, 12:33:41 AM`, UTC. */
    timestamp: string | null;
    type: string | null;
    userId: string | null;
    appId: string | null;
    clusterId: string | null;
    bodySize: number;
  };
  redelivered: boolean;
  data: string;
}

/** Strings are bytes, and bytes are signed, as in Java. */
type HeaderValue =
  | number
  | boolean
  | null
  | string
  | { bytes: number[] }
  | HeaderValue[]
  | { [name: string]: HeaderValue };

/** Where messages come from. */
export interface EventSource {
  arn: string;
  queue: string;
  virtualHost: string;
}

export function rabbitMqEvent({ arn, queue, virtualHost }: EventSource, records: RabbitMqRecord[]): RabbitMqEvent {
  return { eventSource: 'aws:rmq', eventSourceArn: arn, rmqMessagesByQueue: { [`${queue}::${virtualHost}`]: records } };
}

export function rabbitMqRecord({ properties, fields, content }: ConsumeMessage): RabbitMqRecord {
  return {
    basicProperties: { ...basicProperties(properties), bodySize: content.length },
    redelivered: fields.redelivered,
    data: content.toString('base64'),
  };
}

/** amqplib leaves out what was not sent; the mapping says null. */
function basicProperties(sent: MessageProperties): Omit<RabbitMqRecord['basicProperties'], 'bodySize'> {
  return {
    contentType: sent.contentType ?? null,
    contentEncoding: sent.contentEncoding ?? null,
    headers: table(sent.headers ?? {}),
    deliveryMode: sent.deliveryMode ?? null,
    priority: sent.priority ?? null,
    correlationId: sent.correlationId ?? null,
    replyTo: sent.replyTo ?? null,
    expiration: sent.expiration ?? null,
    messageId: sent.messageId ?? null,
    timestamp: sent.timestamp === undefined ? null : javaDate(sent.timestamp),
    type: sent.type ?? null,
    userId: sent.userId ?? null,
    appId: sent.appId ?? null,
    clusterId: sent.clusterId ?? null,
  };
}

function table(headers: Record<string, unknown>): Record<string, HeaderValue> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(value)]));
}

/** @param value as amqplib decodes AMQP's field values */
function headerValue(value: unknown): HeaderValue {
  if (typeof value === 'string') return { bytes: signedBytes(Buffer.from(value)) };
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (Buffer.isBuffer(value)) return signedBytes(value);
  if (Array.isArray(value)) return value.map(headerValue);
  if (typeof value !== 'object' || value === null) return null;
  // Timestamps and decimals are tagged: { '!': 'timestamp', value: seconds }, { '!': 'decimal', value: { digits, places } }.
  if ('!' in value && 'value' in value) return tagged(value['!'], value.value);
  return table(value as Record<string, unknown>);
}

function tagged(kind: unknown, value: unknown): HeaderValue {
  if (kind === 'timestamp') return javaDate(Number(value));
  if (kind === 'decimal') {
    const { digits, places } = value as { digits: number; places: number };
    return digits / 10 ** places;
  }
  return headerValue(value);
}

function signedBytes(bytes: Buffer): number[] {
  return Array.from(new Int8Array(bytes));
}

const JAVA = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

function javaDate(seconds: number): string {
  return JAVA.format(new Date(seconds * 1_000)).replace(/\s/g, ' ');
}
