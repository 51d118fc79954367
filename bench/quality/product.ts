import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Encoder } from '../../adapters/ffmpeg/encoders.ts';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { openCvVision } from '../../adapters/opencv/vision.ts';
import type { Analysis } from '../../core/analysis.ts';
import { planFor } from '../../core/conform.ts';
import { silentLog } from '../../core/log.ts';
import { type ProfileName, profiles } from '../../core/profiles/index.ts';
import type { FilterPlan } from '../../core/profiles/profile.ts';
import { analyse } from '../../pipeline/analyse.ts';
import { fileSource } from '../../test/file-source.ts';

/** The frames as they would reach the encoder, kept as they are. */
const LOSSLESS: Encoder = {
  name: 'libx264',
  container: 'mp4',
  options: () => ['-preset', 'ultrafast', '-qp', '0', '-pix_fmt', 'yuv420p'],
};

const signal = new AbortController().signal;
const vision = openCvVision();
const media = ffmpegTools({ ...findFfmpeg(), log: silentLog, encoders: [LOSSLESS] });

export interface Product {
  path: string;
  plan: FilterPlan;
  analysis: Analysis | null;
}

/** What a worker does with an upload, by its own steps, but for the encoder. */
export async function produce(profile: ProfileName, upload: string, folder: string): Promise<Product> {
  const source = await fileSource(upload);
  const { facts } = await media.probe(source, signal);
  const chosen = profiles[profile];
  const analysis = chosen.analyses
    ? await analyse({ media, vision, log: silentLog }, source, facts, chosen, signal)
    : null;
  const plan = planFor(chosen, facts, analysis);
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const made = await media.enhance({ source, facts, plan, scratch, onProgress: () => {}, signal });
  const path = join(folder, `${profile}.mp4`);
  await rename(made.path, path);
  return { path, plan, analysis };
}

export function close(): Promise<void> {
  return vision.close();
}
