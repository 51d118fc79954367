import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { openCvVision } from '../../adapters/opencv/vision.ts';
import { planFor } from '../../core/conform.ts';
import { silentLog } from '../../core/log.ts';
import { type ProfileName, profiles } from '../../core/profiles/index.ts';
import { analyse } from '../../pipeline/analyse.ts';
import { fileSource } from '../../test/file-source.ts';
import { cpuOfOurs } from '../cpu-time.ts';

/*
 * The enhancer's work on one clip, as a worker does it: probe, look, plan, enhance, through the range server. Writes what
 * it took to `<folder>/took.json`, without what a worker does once in its life (starting, loading OpenCV, asking FFmpeg
 * what it can do), which a first, small clip makes it do.
 *
 *   node bench/enhance-once.ts PROFILE SMALL_CLIP CLIP FOLDER
 */

export interface Took {
  /** CPU seconds of everything, and of looking alone; wall seconds. */
  cpu: number;
  looking: number;
  wall: number;
  /** Where the result is, and how it was filtered. */
  path: string;
  graph: string;
}

const [, , name = '', small = '', clip = '', folder = ''] = process.argv;
const signal = new AbortController().signal;
const media = ffmpegTools({ ...findFfmpeg(), log: silentLog });
const vision = openCvVision();
const profile = profiles[name as ProfileName];
const scratch = join(folder, 'scratch');
await mkdir(scratch, { recursive: true });
await enhance(small);

const before = cpuOfOurs();
const started = performance.now();
const { path, graph, looked } = await enhance(clip);
const wall = (performance.now() - started) / 1000;
const took: Took = { cpu: cpuOfOurs() - before, looking: looked - before, wall, path, graph };
writeFileSync(join(folder, 'took.json'), JSON.stringify(took));
await vision.close();

async function enhance(clip: string) {
  const source = await fileSource(clip);
  const { facts } = await media.probe(source, signal);
  const seen = profile.analyses
    ? await analyse({ media, vision, log: silentLog }, source, facts, profile, signal)
    : null;
  const looked = cpuOfOurs();
  const plan = planFor(profile, facts, seen);
  const { path } = await media.enhance({ source, facts, plan, scratch, onProgress: () => {}, signal });
  return { path, graph: plan.graph, looked };
}
