import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http, { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseRange } from '../adapters/ffmpeg/range-header.ts';
import type { RangeSource } from '../core/ports/index.ts';

export interface Origin {
  url: string;
  /** As a worker sees it: every read is a request. */
  source: RangeSource;
  /** What was sent since the last call. */
  sent(): { bytes: number; requests: number };
  close(): void;
}

/** How far storage is away: milliseconds to the first byte of an answer, and bytes a millisecond afterwards. */
export interface Distance {
  latency: number;
  speed: number;
}

/** A file behind HTTP, as far away as storage is. Counts what leaves it, whether anybody reads it or not. */
export async function slowOrigin(path: string, { latency, speed }: Distance): Promise<Origin> {
  const { size } = await stat(path);
  let bytes = 0;
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests++;
    await sleep(latency);
    const range = parseRange(request.headers.range, size);
    if (range === 'unsatisfiable') return void response.writeHead(416).end();
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const part = range && { 'content-range': `bytes ${start}-${end}/${size}` };
    response.writeHead(range ? 206 : 200, { 'accept-ranges': 'bytes', 'content-length': end - start + 1, ...part });
    const begun = performance.now();
    let given = 0;
    for await (const chunk of createReadStream(path, { start, end, highWaterMark: 32 * 1024 })) {
      if (response.destroyed) return;
      given += chunk.length;
      bytes += chunk.length;
      if (!response.write(chunk))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      const early = given / speed - (performance.now() - begun);
      if (early > 1) await sleep(early);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip`;
  const agent = new http.Agent({ keepAlive: true });
  return {
    url,
    source: {
      size,
      read: (start, end, signal) =>
        new Promise<Readable>((resolve, reject) => {
          const headers = { range: `bytes=${start}-${end}` };
          http.get(url, { agent, headers, signal }, resolve).on('error', reject);
        }),
    },
    sent: () => {
      const sent = { bytes, requests };
      bytes = 0;
      requests = 0;
      return sent;
    },
    close: () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
