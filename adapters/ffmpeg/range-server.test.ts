import { request } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { ObjectConflict } from '../../core/errors.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { bytesSource } from '../../test/file-source.ts';
import { type Manner, type ServedSource, serveSource } from './range-server.ts';

const BYTES = Buffer.from('abcdefghijklmnopqrstuvwxyz');
const PATIENCE = { retryPauseMs: 1, stallMs: 10_000 };
const never = new AbortController().signal;
const open: ServedSource[] = [];

async function serve(source: RangeSource, signal = never, manner: Manner = {}): Promise<ServedSource> {
  const served = await serveSource(source, signal, { patience: PATIENCE, ...manner });
  open.push(served);
  return served;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((served) => served.close()));
});

it('answers with the whole, with a range, and with its size to HEAD', async () => {
  const { url } = await serve(bytesSource(BYTES));
  const whole = await fetch(url);
  expect([whole.status, await whole.text()]).toEqual([200, BYTES.toString()]);
  const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/26', 'cde']);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
    200,
    '26',
    'bytes',
  ]);
});

it('refuses a range beyond the end, another address and another method', async () => {
  const { url } = await serve(bytesSource(BYTES));
  const beyond = await fetch(url, { headers: { range: 'bytes=26-' } });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */26']);
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(`${url}x`)).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

it('listens to this machine only, under a name that cannot be guessed', async () => {
  const { url } = await serve(bytesSource(BYTES));
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
});

it('stops reading when the reader leaves', async () => {
  let asked = 0;
  const endless: RangeSource = {
    size: 10 * 2 ** 30,
    read: async (start, end) => {
      asked++;
      return Readable.from([Buffer.alloc(end - start + 1)]);
    },
  };
  const served = await serve(endless);
  const leaving = request(served.url, (response) => response.once('data', () => response.destroy()));
  leaving.on('error', () => {}).end();
  while (!leaving.destroyed) await sleep(5);
  await sleep(50);
  const before = asked;
  await sleep(100);
  expect(asked).toBe(before);
  // What the sockets' buffers hold: a few megabytes, not the whole.
  expect(asked).toBeLessThan(40);
  expect(served.failure()).toBeUndefined();
});

it('does not read ahead of a reader that takes its time', async () => {
  let asked = 0;
  const endless: RangeSource = {
    size: 10 * 2 ** 30,
    read: async (start, end) => {
      asked++;
      return Readable.from([Buffer.alloc(end - start + 1)]);
    },
  };
  const { url } = await serve(endless);
  const slow = await new Promise<Readable>((resolve) => void request(url, resolve).end());
  slow.once('data', () => slow.pause());
  await sleep(300);
  expect(asked).toBeLessThan(40);
  slow.destroy();
});

it('breaks off and remembers why when the source cannot be read', async () => {
  const gone: RangeSource = {
    size: 26,
    read: () => Promise.reject(new ObjectConflict('object_gone', 'There is no object.')),
  };
  const served = await serve(gone);
  await expect(fetch(served.url).then((answer) => answer.text())).rejects.toThrow();
  expect(served.failure()).toMatchObject({ code: 'object_gone' });
});

it('mends what breaks off for a moment without the reader noticing', async () => {
  let asked = 0;
  const flaky: RangeSource = {
    size: 26,
    read: async (start, end) => {
      if (asked++ === 0) throw new Error('reset');
      return Readable.from([BYTES.subarray(start, end + 1)]);
    },
  };
  const served = await serve(flaky);
  expect(await (await fetch(served.url)).text()).toBe(BYTES.toString());
  expect(served.failure()).toBeUndefined();
});

it('ends everything when closed: connections, reads, the address', async () => {
  let stopped = false;
  const hanging: RangeSource = {
    size: 26,
    read: (_start, _end, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(signal.reason);
        });
      }),
  };
  const served = await serve(hanging);
  const answer = fetch(served.url).then((response) => response.text());
  answer.catch(() => {});
  await sleep(50);
  await served.close();
  expect(stopped).toBe(true);
  await expect(answer).rejects.toThrow();
  await expect(fetch(served.url)).rejects.toThrow();
  expect(served.failure()).toBeUndefined();
});

it('sends what lies beyond a bound once it is missed', async () => {
  const bytes = Buffer.alloc(2 ** 20 + 100_000, 'x');
  let hungry = false;
  const bound = { from: 0, to: 2 ** 20, isHungry: () => hungry, isOpening: () => false };
  const { url } = await serve(bytesSource(bytes), never, { bound });
  let got = 0;
  const asked = request(url, (response) => {
    response.on('data', ({ length }: Buffer) => {
      got += length;
    });
  });
  const all = new Promise((resolve) => asked.once('response', (response) => response.once('end', resolve)));
  asked.end();
  while (got < 2 ** 20) await sleep(5);
  await sleep(300);
  expect(got).toBe(2 ** 20);
  hungry = true;
  await all;
  expect(got).toBe(bytes.length);
});

it('keeps nothing from a reader that is still opening the file', async () => {
  const bytes = Buffer.alloc(2 ** 20 + 100_000, 'x');
  const bound = { from: 0, to: 2 ** 20, isHungry: () => false, isOpening: () => true };
  const { url } = await serve(bytesSource(bytes), never, { bound });
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(bytes.length);
});

it('reads no more for a connection that was left for another', async () => {
  const asked: number[] = [];
  const size = 2 ** 30;
  const source: RangeSource = {
    size,
    read: async (start, end) => {
      asked.push(start);
      return Readable.from([Buffer.alloc(end - start + 1)]);
    },
  };
  const served = await serve(source, never, { glimpses: true });
  const first = await fetch(served.url, { headers: { range: 'bytes=0-' } });
  const second = await fetch(served.url, { headers: { range: `bytes=${size / 2}-` } });
  await expect(first.arrayBuffer()).rejects.toThrow();
  const before = asked.filter((start) => start < size / 2).length;
  await second.body?.getReader().read();
  await sleep(100);
  expect(asked.filter((start) => start < size / 2)).toHaveLength(before);
  expect(asked.at(-1)).toBeGreaterThanOrEqual(size / 2);
  await second.body?.cancel().catch(() => {});
  expect(served.failure()).toBeUndefined();
});

it('takes its time for who only wants a glimpse', async () => {
  const BLOCKS = 12;
  const { url } = await serve(bytesSource(Buffer.alloc(BLOCKS * 64 * 1024)), never, { glimpses: true });
  const began = performance.now();
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(BLOCKS * 64 * 1024);
  // Twelve milliseconds after each; clocks round.
  expect(performance.now() - began).toBeGreaterThan(BLOCKS * 11);
});

it('reads the bytes of one name once, for whoever comes next', async () => {
  let asked = 0;
  const source = (identity: string): RangeSource => ({
    ...bytesSource(BYTES),
    identity,
    read: (start, end, signal) => {
      asked += 1;
      return bytesSource(BYTES).read(start, end, signal);
    },
  });
  for (const name of ['a', 'a', 'b', 'a', 'c', 'b']) {
    const { url, close } = await serve(source(name));
    expect(await (await fetch(url)).text()).toBe(BYTES.toString());
    await close();
  }
  // The third name puts out the one that was used longest ago.
  expect(asked).toBe(4);
});
