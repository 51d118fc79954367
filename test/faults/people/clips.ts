import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../../adapters/ffmpeg/find-ffmpeg.ts';
import type { ProfileName } from '../../../core/profiles/names.ts';
import { CHUNK_SECONDS } from '../../../core/timeline.ts';
import type { Random } from '../random.ts';

/** What people send, and what is to become of it. */
export interface Clip {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  profile: ProfileName;
  /** Names the outputs that have to be alike; null where the bytes hold no video. */
  variant: string | null;
  /** In chunks of how many seconds it may come to be made, 0 for in one: each has an output of its own. */
  chunks: readonly number[];
}

/** Long enough to be cut into chunks; small, so that working on it is mostly waiting for one another. */
const LONG_SECONDS = 24;
const SHORT_SECONDS = 2;
const NO_VIDEO = 'This is no video, whatever its type says. '.repeat(100);

/** Makes the clips in the folder. */
export async function makeClips(folder: string): Promise<Clip[]> {
  const [short, long] = await Promise.all([
    make(join(folder, 'short.mp4'), 'size=160x120:rate=25', SHORT_SECONDS),
    make(join(folder, 'long.mp4'), 'size=192x108:rate=20', LONG_SECONDS),
  ]);
  const good = (name: string, bytes: Clip['bytes'], profile: ProfileName, chunks = [CHUNK_SECONDS]): Clip => ({
    ...{ name, bytes, profile, chunks },
    variant: `${name}, ${profile}`,
  });
  return [
    good('short', short, 'classic'),
    good('long', long, 'adaptive', [CHUNK_SECONDS, CHUNK_SECONDS / 2, 0]),
    good('short', short, 'passthrough'),
    { name: 'broken', bytes: new Uint8Array(Buffer.from(NO_VIDEO)), profile: 'adaptive', variant: null, chunks: [] },
  ];
}

/** One in eight is no video. */
export function choose(clips: readonly Clip[], random: Random): Clip {
  const isGood = !random.chance(1 / 8);
  return random.pick(clips.filter(({ variant }) => (variant !== null) === isGood));
}

async function make(path: string, picture: string, seconds: number): Promise<Clip['bytes']> {
  const args = [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=${picture}:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, '-vf', 'noise=alls=12:allf=t'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '40', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', path],
  ];
  await promisify(execFile)(findFfmpeg().ffmpeg, args);
  return new Uint8Array(await readFile(path));
}
