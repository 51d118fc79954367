import type { ServerResponse } from 'node:http';
import { OriginTimeout } from './exchange.ts';
import { BadKey } from './origins.ts';
import { type GeneratedResponse, valuesOf } from './viewer-function.ts';

/** What the edge refuses by itself, in plain text where CloudFront has a page. */
export class EdgeRefusal extends Error {
  override readonly name = 'EdgeRefusal';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Why there is no answer of an origin's to pass on. */
export function refusalFor(error: unknown): EdgeRefusal {
  if (error instanceof EdgeRefusal) return error;
  if (error instanceof BadKey) return new EdgeRefusal(400, 'Bad request: the path is badly encoded.');
  if (error instanceof OriginTimeout) return new EdgeRefusal(504, 'The service behind this address took too long.');
  return new EdgeRefusal(502, 'The service behind this address cannot be reached. It may be starting: try again.');
}

export function refuse(response: ServerResponse, { status, message }: EdgeRefusal): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  send(response, { status, headers, body: Buffer.from(`${message}\n`) });
}

/** Sends what a function at the edge answered. */
export function sendGenerated(response: ServerResponse, generated: GeneratedResponse): void {
  const { statusCode: status, statusDescription, headers = {}, body = '' } = generated;
  const { encoding, data } = typeof body === 'string' ? { encoding: 'text', data: body } : body;
  send(response, {
    status,
    statusDescription,
    headers: Object.fromEntries(Object.entries(headers).map(([name, field]) => [name, valuesOf(field)])),
    body: Buffer.from(data, encoding === 'base64' ? 'base64' : 'utf8'),
  });
}

interface Answer {
  status: number;
  statusDescription?: string | undefined;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

function send(response: ServerResponse, { status, statusDescription, headers, body }: Answer): void {
  response.writeHead(status, statusDescription, { ...headers, 'content-length': body.length });
  response.end(body);
}

/** A whole answer, for where there is only a connection. */
export function bareAnswer(status: string, message: string): string {
  const body = `${message}\n`;
  const head = [
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`;
}
