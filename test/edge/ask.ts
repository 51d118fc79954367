import http, { type IncomingHttpHeaders } from 'node:http';

export interface Question {
  method?: string;
  /** Sent as it is: fetch and URL would tidy it. */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request over a connection of its own. A server that hangs up after it answered has answered. */
export function ask(base: string, { method = 'GET', path, headers = {}, body }: Question): Promise<Reply> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const length = body && { 'content-length': String(body.length) };
    const request = http.request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false });
    request.on('error', reject);
    request.on('response', async (response) => {
      try {
        response.setEncoding('utf8');
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      } catch (error) {
        reject(error);
      }
    });
    request.end(body);
  });
}
