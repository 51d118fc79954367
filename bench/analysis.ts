import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../adapters/ffmpeg/tools.ts';
import { openCvVision } from '../adapters/opencv/vision.ts';
import { silentLog } from '../core/log.ts';
import { adaptive } from '../core/profiles/adaptive.ts';
import { readNoArguments } from '../local/arguments.ts';
import { analyse } from '../pipeline/analyse.ts';
import { fileSource } from '../test/file-source.ts';
import { cpuOfOurs } from './cpu-time.ts';

/*
 * What looking at a video costs beside encoding it: CPU seconds of the analysis of 60 s at 1080p, with a keyframe a
 * second as phones write it, which means the most samples, against a plain transcode of the same, of which 10 s are run.
 *
 *   node bench/analysis.ts
 */
const SECONDS = 60;
const TRANSCODED = 10;
const GOAL = 8;

readNoArguments('Usage: npm run bench:analysis\n\nWhat looking at a video costs beside encoding it, in CPU seconds.');
const { ffmpeg, ffprobe } = findFfmpeg();
const example = resolve(import.meta.dirname, '..', 'examples', 'big-buck-bunny.mp4');
const signal = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), 'bench-analysis-'));
try {
  const clip = join(folder, 'clip.mp4');
  const quick = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-g', '25', '-pix_fmt', 'yuv420p', '-an'];
  const large = ['-vf', 'scale=1920:1080:flags=bicubic', '-t', String(SECONDS)];
  execFileSync(ffmpeg, ['-v', 'error', '-stream_loop', '-1', '-i', example, ...large, ...quick, clip]);

  const analysis = await measured(async () => {
    const vision = openCvVision();
    const media = ffmpegTools({ ffmpeg, ffprobe, log: silentLog });
    const source = await fileSource(clip);
    const { facts } = await media.probe(source, signal);
    const found = await analyse({ media, vision, log: silentLog }, source, facts, adaptive, signal);
    await vision.close();
    return found;
  });
  const transcode = await measured(async () => {
    const medium = ['-c:v', 'libx264', '-preset', 'medium', '-crf', '23', '-an'];
    execFileSync(ffmpeg, ['-v', 'error', '-i', clip, '-t', String(TRANSCODED), ...medium, '-f', 'null', '-']);
  });

  const whole = (transcode.cpu * SECONDS) / TRANSCODED;
  const percent = (100 * analysis.cpu) / whole;
  const { samples, scenes } = analysis.answer;
  console.log(`analysis    ${analysis.cpu.toFixed(1)} CPU s, ${samples} samples, ${scenes.length} scenes`);
  console.log(`transcode   ${whole.toFixed(1)} CPU s, from ${TRANSCODED} s of it`);
  console.log(`share       ${percent.toFixed(1)} % (goal: at most ${GOAL} %)`);
  console.log(`memory      ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB of this process at most`);
  if (percent > GOAL) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function measured<T>(work: () => Promise<T>): Promise<{ answer: T; cpu: number }> {
  const before = cpuOfOurs();
  const answer = await work();
  return { answer, cpu: cpuOfOurs() - before };
}
