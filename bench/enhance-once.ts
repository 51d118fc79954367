import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../adapters/ffmpeg/tools.ts';
import { silentLog } from '../core/log.ts';
import { classic } from '../core/profiles/classic.ts';
import { fileSource } from '../test/file-source.ts';

/*
 * The enhancer's step on one clip, as a worker runs it: probe, then enhance, through the range server. Writes what it
 * took to `<folder>/took.json`, without what a worker does once in its life: starting, and asking FFmpeg what it can do,
 * which a first, small clip makes it do.
 *
 *   node bench/enhance-once.ts SMALL_CLIP CLIP FOLDER
 */

const [, , small = '', clip = '', folder = ''] = process.argv;
const signal = new AbortController().signal;
const media = ffmpegTools({ ...findFfmpeg(), log: silentLog });
const scratch = join(folder, 'scratch');
await mkdir(scratch, { recursive: true });
await enhance(small);

const before = cpuSeconds();
const started = performance.now();
const path = await enhance(clip);
const took = { cpu: cpuSeconds() - before, wall: (performance.now() - started) / 1000, path };
writeFileSync(join(folder, 'took.json'), JSON.stringify(took));

async function enhance(clip: string): Promise<string> {
  const source = await fileSource(clip);
  const { facts } = await media.probe(source, signal);
  const plan = classic.plan(facts.video);
  return (await media.enhance({ source, facts, plan, scratch, onProgress: () => {}, signal })).path;
}

/** Of this process and of all its children that have ended; Linux counts the latter in hundredths of a second. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [children, childrenSystem] = fields.split(' ').slice(13, 15).map(Number);
  return (user + system) / 1e6 + ((children ?? 0) + (childrenSystem ?? 0)) / 100;
}
