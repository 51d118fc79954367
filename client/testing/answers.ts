import type { IncomingMessage, ServerResponse } from 'node:http';

export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The JSON body, taken for what the caller says it is: these servers are asked by our own client alone. */
export async function bodyOf<T>(request: IncomingMessage): Promise<T> {
  return JSON.parse((await bytesOf(request)).toString());
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  type = 'application/json',
): ServerResponse {
  return response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

export function problem(response: ServerResponse, status: number, code: string, detail: string): ServerResponse {
  return json(
    response,
    status,
    { type: 'about:blank', title: detail, status, code, detail },
    'application/problem+json',
  );
}

export function empty(response: ServerResponse, status: number): ServerResponse {
  return response.writeHead(status).end();
}
