import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  assembled,
  encodedChunks,
  type InChunks,
  plannedInChunks,
} from '../adapters/ffmpeg/chunks/in-chunks.fixture.ts';
import { encodeCommand, FILTER_THREADS } from '../adapters/ffmpeg/command.ts';
import { cpuOf } from '../adapters/ffmpeg/cpu-time.ts';
import { ENCODERS, type Encoder } from '../adapters/ffmpeg/encoders.ts';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../adapters/ffmpeg/tools.ts';
import { openCvVision } from '../adapters/opencv/vision.ts';
import type { Analysis } from '../core/analysis.ts';
import { planFor } from '../core/conform.ts';
import { silentLog } from '../core/log.ts';
import type { SourceFacts } from '../core/media.ts';
import type { EncodedChunk } from '../core/ports/index.ts';
import { adaptive } from '../core/profiles/adaptive.ts';
import { OUTPUT_TICKS } from '../core/timeline.ts';
import { readArguments } from '../local/arguments.ts';
import { analyse } from '../pipeline/analyse.ts';
import { fileSource } from '../test/file-source.ts';
import { realClips } from '../test/python.ts';

/*
 * What working in chunks costs against working whole, at the same settings and with one thread each: bytes, quality by
 * frame, CPU time, bytes read of the source, and the time to join. A clip is made of real ones, one after the other,
 * forwards and backwards; or give one. It is worked on without a filter, strongly denoised, and, with noise, by whatever
 * `adaptive` does about it; or through the graph that is given.
 *
 *   npm run bench:chunks -- [clip] [graph] [seconds]
 */

const exec = promisify(execFile);
const programs = findFfmpeg();
const { ffmpeg } = programs;
const media = ffmpegTools({ ...programs, log: silentLog });
const vision = openCvVision();
const signal = new AbortController().signal;
const DENOISE = 'atadenoise=0a=0.06:0b=0.12:1a=0.06:1b=0.12:2a=0.06:2b=0.12:s=5,nlmeans=s=4:p=3:r=3';
const WORKERS = 2;
/** Frames on either side of a joint that count as being near it. */
const NEAR = 12;

const { positionals } = readArguments(
  `Usage: npm run bench:chunks -- [clip] [graph] [seconds]

What working in chunks costs against working whole.`,
  { allowPositionals: true },
);
const [given, graph, seconds] = positionals;
const folder = await mkdtemp(join(tmpdir(), 'bench-chunks-'));
try {
  const { stdout } = await exec(ffmpeg, ['-version']);
  console.log(`${stdout.split('\n')[0]}\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
  const clip = given || (await madeOfRealClips());
  for (const filters of graph === undefined ? ['', DENOISE] : [graph]) await compare(clip, () => filters);
  if (graph === undefined) await compare(await noisy(clip), (facts, seen) => planFor(adaptive, facts, seen).graph);
} finally {
  await vision.close();
  await rm(folder, { recursive: true });
}

async function compare(clip: string, graphFor: (facts: SourceFacts, seen: Analysis) => string): Promise<void> {
  const [best] = ENCODERS;
  if (!best) throw new Error('There is no encoder.');
  const looked = await fileSource(clip);
  const { facts } = await media.probe(looked, signal);
  const seen = await analyse({ media, vision, log: silentLog }, looked, facts, adaptive, signal);
  const filters = graphFor(facts, seen);
  const source = await fileSource(clip);
  const samples = seen.scenes.flatMap(({ measures }) => measures);
  const job = await plannedInChunks(source, filters, best, { samples, ...(seconds ? { aim: Number(seconds) } : {}) });
  if (!job) throw new Error('The clip is not to be cut.');
  const indexed = source.bytesRead();
  const at = await mkdtemp(join(folder, 'chunks-'));
  const pieces: EncodedChunk[] = [];
  let read = 0;
  for (const chunk of job.timeline.chunks) {
    // In turn: a worker keeps the header for its next chunk, and what one has read is of no use to another.
    const own = { ...(await fileSource(clip)), identity: `${filters} worker ${chunk.index % WORKERS}` };
    pieces.push(...Object.values(await encodedChunks({ ...job, source: own }, at, () => [chunk.index])));
    read += own.bytesRead();
  }
  const heard = await fileSource(clip);
  const started = performance.now();
  const result = await assembled(
    { ...job, source: heard, facts: { ...job.facts, sounds: [], subtitles: [] } },
    pieces,
    at,
  );
  const joined = performance.now() - started;
  const whole = await wholeOf(job, clip, { ...best, options: (pixels) => [...best.options(pixels), '-threads', '1'] });

  const cpu = pieces.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const sizes = [await videoBytes(result.path), await videoBytes(whole.path)] as const;
  const [ours, theirs] = [await qualityOf(result.path, job, clip), await qualityOf(whole.path, job, clip)];
  const joints = pieces.slice(1).map((_, i) => pieces.slice(0, i + 1).reduce((sum, { frames }) => sum + frames, 0));
  const near = (i: number) => joints.some((joint) => i >= joint - NEAR && i < joint + NEAR);
  const off = ours.map((mse, i) => decibels(mse) - decibels(theirs[i] ?? Number.NaN));
  const share = (bytes: number) => (bytes / source.size).toFixed(3);
  const lengths = pieces.map(({ first, last }) => ((last - first) / OUTPUT_TICKS).toFixed(1));
  console.log(
    `${basename(clip)}, ${source.size} bytes, through ${filters || 'no filter'}: chunks of ${lengths.join(', ')} s`,
  );
  console.log(`  read of the source: ${share(indexed)} to plan, ${share(read)} by the chunks, of ${WORKERS} workers`);
  console.log(`  CPU s: ${cpu.toFixed(1)} in chunks, ${whole.cpu.toFixed(1)} whole, ${percent(cpu / whole.cpu)}`);
  console.log(`  bytes: ${sizes[0]} in chunks, ${sizes[1]} whole, ${percent(sizes[0] / sizes[1])}`);
  console.log(
    `  PSNR-Y in chunks − whole, dB: ${signed(mean(off))} by frame, ${signed(overall(ours) - overall(theirs))} overall`,
  );
  console.log(
    `    within ${NEAR} frames of a joint ${signed(mean(off.filter((_, i) => near(i))))}, elsewhere ${signed(mean(off.filter((_, i) => !near(i))))}`,
  );
  const worst = (mses: number[]) => Math.min(...mses.filter((_, i) => near(i)).map(decibels)).toFixed(2);
  console.log(`    worst frame near a joint, dB: ${worst(ours)} in chunks, ${worst(theirs)} whole`);
  for (const [i, joint] of joints.entries()) {
    const onward = job.timeline.chunks[i]?.onward.toFixed(2);
    console.log(
      `    at frame ${joint}, the scene goes on by ${onward}: ${signed(mean(off.slice(joint - NEAR, joint)))} before, ${signed(mean(off.slice(joint, joint + NEAR)))} after`,
    );
  }
  console.log(`  joined and verified in ${joined.toFixed(0)} ms\n`);
}

async function wholeOf(
  { facts, plan }: InChunks,
  clip: string,
  encoder: Encoder,
): Promise<{ path: string; cpu: number }> {
  const path = join(folder, 'whole.mp4');
  const silent = { ...facts, audio: null, sounds: [], subtitles: [] };
  const command = { input: ['-i', clip], facts: silent, plan, encoder, audioEncoder: 'aac', output: path };
  const { stderr } = await exec(ffmpeg, encodeCommand(command), { maxBuffer: 2 ** 26 });
  return { path, cpu: cpuOf({ stderr }) };
}

/** Mean squared errors of luma, frame by frame, against what the encoder was given. */
async function qualityOf(path: string, { plan }: InChunks, clip: string): Promise<number[]> {
  const compared = `[0:v]settb=1/25,setpts=N[a];[1:V:0]${plan.graph || 'null'},settb=1/25,setpts=N[b];[a][b]psnr=stats_file=-`;
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-filter_threads',
    String(FILTER_THREADS),
    '-i',
    path,
    '-i',
    clip,
    '-lavfi',
    compared,
    '-f',
    'null',
    '-',
  ];
  const { stdout } = await exec(ffmpeg, args, { maxBuffer: 2 ** 26 });
  return [...stdout.matchAll(/mse_y:([\d.]+)/g)].map(([, mse]) => Number(mse));
}

async function videoBytes(path: string): Promise<number> {
  const only = join(folder, 'video.mp4');
  await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', '-i', path, '-map', '0:v', '-c', 'copy', only]);
  return (await stat(only)).size;
}

async function noisy(clip: string): Promise<string> {
  const path = join(folder, 'noisy.mp4');
  const noise = ['-vf', 'noise=alls=16:allf=t:all_seed=1', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '14'];
  await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', '-i', clip, ...noise, '-g', '50', '-an', path]);
  return path;
}

/** About 44 seconds, of which the keyframes are those of an encoder that was left alone. */
async function madeOfRealClips(): Promise<string> {
  const real = await realClips();
  const path = join(folder, 'real.mp4');
  const fit = 'scale=640:360:force_original_aspect_ratio=increase,crop=640:360,setsar=1,fps=25,format=yuv420p';
  const inputs = ['bikes', 'bigbuckbunny', 'carphone_pristine'].flatMap((name) => ['-i', join(real, `${name}.mp4`)]);
  const parts = '[0:v]FIT,split[a][a2];[1:v]FIT,split=3[b][b2][b3];[2:v]FIT,split[c][c2]'.replaceAll('FIT', fit);
  const turned = '[b2]reverse,setpts=PTS-STARTPTS[br];[a2]hflip[ah];[c2]hflip[ch];[b3]hflip[bh]';
  const joined = `${parts};${turned};[a][b][c][br][ah][ch][bh]concat=n=7:v=1:a=0`;
  const encoded = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '14',
    '-g',
    '50',
    '-an',
    '-movflags',
    '+faststart',
  ];
  await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', ...inputs, '-filter_complex', joined, ...encoded, path]);
  return path;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function decibels(mse: number): number {
  return 10 * Math.log10(255 ** 2 / Math.max(mse, 0.01));
}

function overall(mses: number[]): number {
  return decibels(mean(mses));
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

function percent(ratio: number): string {
  return `${signed((ratio - 1) * 100)} %`;
}
