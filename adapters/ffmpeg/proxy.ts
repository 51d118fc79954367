import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from '../../core/errors.ts';
import type { EnhanceJob, Playable, PlayableJob } from '../../core/ports/index.ts';
import { ENCODERS, type Encoder } from './encoders.ts';
import { enhance, type Workshop } from './enhance.ts';
import { rewrap } from './proxy-rewrap.ts';

/** Pixels of the shorter side, at most. */
const SHORTER = 720;

/** For looking at beside the result, once: a fraction of the time and of the bytes that the result is worth. */
const LIGHT: readonly Encoder[] = ENCODERS.filter(({ container }) => container === 'mp4').map((encoder) =>
  encoder.name === 'libx264'
    ? {
        ...encoder,
        options: () => ['-preset', 'superfast', '-crf', '26', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
      }
    : { ...encoder, options: (pixels) => encoder.options(Math.min(pixels, SHORTER ** 2 * 2)) },
);

const SHRINK = `min(1,${SHORTER}/min(iw,ih))`;
const FIT = `scale=w='max(2,round(iw*${SHRINK}/2)*2)':h='max(2,round(ih*${SHRINK}/2)*2)':flags=bicubic`;

/** See `MediaTools.makePlayable`. */
export async function makePlayable(workshop: Omit<Workshop, 'encoders'>, job: PlayableJob): Promise<Playable> {
  if (job.way.way === 'rewrapped') {
    const rewrapped = await rewrap(workshop, job, job.way.sound);
    if (rewrapped.path !== undefined) return { ...rewrapped, way: 'rewrapped' };
    workshop.log.info('not rewrapped', { why: rewrapped.why });
  }
  return { ...(await proxy(workshop, job)), way: 'proxy' };
}

/** The same work with less to do: so the times come out the same, too. */
async function proxy(workshop: Omit<Workshop, 'encoders'>, job: EnhanceJob) {
  const scratch = join(job.scratch, 'proxy');
  await mkdir(scratch, { recursive: true });
  const { facts, plan } = job;
  // Tone mapping counts in floating point: the fewer pixels the better. Fields, which HDR has none of, want all rows.
  const graph = (facts.video.hdr ? [FIT, plan.graph] : [plan.graph, FIT]).filter(Boolean).join(',');
  const sounds = facts.audio ? [facts.audio] : [];
  const light = {
    ...job,
    scratch,
    facts: { ...facts, sounds, subtitles: [], chapters: 0, tags: {} },
    plan: { ...plan, graph },
  };
  const { path, size, contentType, cpuSeconds } = await enhance({ ...workshop, encoders: LIGHT }, light);
  if (contentType !== 'video/mp4') throw new BadInput('not_playable', 'There is no encoder for what browsers play.');
  return { path, size, cpuSeconds };
}
