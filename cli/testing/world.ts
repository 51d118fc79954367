import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../command.ts';

/** Keeps what is written to it. */
export function recorder() {
  let text = '';
  return {
    write(more: string): void {
      text += more;
    },
    text: () => text,
    lines: () => text.split('\n').filter((line) => line !== ''),
  };
}

/** A folder of its own for a test, with a home and whatever files it needs. */
export async function workshop() {
  const folder = await mkdtemp(join(tmpdir(), 'reelight-cli-'));
  return {
    folder,
    home: join(folder, 'home'),
    at: (...path: string[]) => join(folder, ...path),
    /** A file of this many bytes, none of them like its neighbours. */
    async file(name: string, size: number): Promise<Buffer> {
      const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) * 7) % 251));
      await writeFile(join(folder, name), bytes);
      return bytes;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A process to run a command in, towards a server on this port. */
export function world(shop: { folder: string; home: string }, port: number, change: Partial<World> = {}) {
  const out = recorder();
  const err = recorder();
  const env = { PORT: String(port), REELIGHT_HOME: shop.home };
  const made: World = {
    out,
    err,
    env,
    cwd: shop.folder,
    signal: new AbortController().signal,
    startPipeline: () => Promise.reject(new Error('no pipeline is to be started here')),
    timing: { retryMs: 10, retryMaxMs: 50, pollMs: 100 },
    ...change,
  };
  return { ...made, out: Object.assign(made.out, out), err: Object.assign(made.err, err) };
}
