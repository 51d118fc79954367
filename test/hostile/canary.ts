import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an upload must not lead to: a server and files that are no part of it, and that tell who came to them. */
export interface Canary {
  /** A server on the loopback address. */
  address: string;
  /** A text, a video, and a pipe: to open the last is noticed. */
  text: string;
  video: string;
  pipe: string;
  /** What the text says, the video is called, and the server answers. */
  secret: string;
  /** Who came, since last asked. */
  visits(): string[];
  close(): Promise<void>;
}

export async function canaryWith(video: string): Promise<Canary> {
  const folder = await mkdtemp(join(tmpdir(), 'canary-'));
  const secret = `canary-${randomBytes(8).toString('hex')}`;
  const seen: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => seen.push(data.toString('latin1').split('\r\n')[0] ?? ''));
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${secret.length}\r\n\r\n${secret}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const [text, copy, pipe] = ['secret.txt', 'secret.mp4', 'pipe.ts'].map((name) => join(folder, name));
  if (!text || !copy || !pipe) throw new Error('unreachable');
  await writeFile(text, secret);
  await copyFile(video, copy);
  execFileSync('mkfifo', [pipe]);
  // Only where somebody has it open for reading can a pipe be opened for writing without waiting.
  const watch = setInterval(() => {
    try {
      closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
      seen.push('the pipe');
    } catch {
      // Nobody is there.
    }
  }, 5);
  return {
    ...{ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, text, video: copy, pipe, secret },
    visits: () => seen.splice(0),
    async close() {
      clearInterval(watch);
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
