import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'kitchen-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export const PICTURES = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25:duration=1'];
export const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=1'];
export const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

/** What FFmpeg writes when it is asked so: the last argument is the file's name. */
export async function made(...args: string[]): Promise<Buffer> {
  const path = join(folder, args.at(-1) ?? '');
  try {
    await exec(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args.slice(0, -1), path]);
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** A file that FFmpeg can be given, by its path. */
export async function ingredient(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** FFmpeg's own form of metadata: of the whole, and of one stream. */
export function withMetadata(whole: Record<string, string>, stream: Record<string, string>): Promise<string> {
  const lines = (tags: Record<string, string>) => Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  const text = [';FFMETADATA1', ...lines(whole), '[STREAM]', ...lines(stream)].join('\n');
  return ingredient('metadata.txt', `${text}\n`);
}
