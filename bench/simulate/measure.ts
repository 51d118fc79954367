import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { cpuOfMachine, cpuOfOurs } from '../cpu-time.ts';
import { costsOf, type Timing } from './calibrate.ts';
import { KEYS_BYTES, runPipeline, timeProxy, type Upload } from './measure-run.ts';
import type { Measured, Run } from './measured.ts';

const exec = promisify(execFile);
const { ffmpeg } = findFfmpeg();
const EXAMPLE = join(import.meta.dirname, '../../examples/big-buck-bunny.mp4');
/** It has one keyframe, so that it is cut where it begins again. */
const EXAMPLE_SECONDS = 5.28;
const BY = 'bench:simulate --measure (the pipeline and FFmpeg, with twins in memory)';

type Wanted = Omit<Upload, 'path'>;

/** What the simulation is calibrated with: none of it is what it has to predict. One thing at a time, one worker. */
const ALONE: Wanted[] = [
  { at: 0, seconds: 16, chunkSeconds: 0 },
  { at: 0, seconds: 42, chunkSeconds: 0 },
  { at: 0, seconds: 42, chunkSeconds: 5 },
  { at: 0, seconds: 42, chunkSeconds: 10 },
  { at: 0, seconds: 84, chunkSeconds: 20 },
];
/** Seconds of proxies: a step of its own, for the example plays everywhere. */
const PROXIES = [5, 16];
const LONG: Wanted = { at: 0, seconds: 180, chunkSeconds: 10 };
const PREDICTED: { name: string; workers: number; uploads: Wanted[] }[] = [
  { name: '3 minutes, 1 worker', workers: 1, uploads: [LONG] },
  { name: '3 minutes, 2 workers', workers: 2, uploads: [LONG] },
  { name: '16 s behind 3 minutes, 2 workers', workers: 2, uploads: [LONG, { at: 45, seconds: 16, chunkSeconds: 10 }] },
];

/** Quick figures for where the whole of Reelight has not been measured. Takes a quarter of an hour of one processor. */
export async function measure(say: (line: string) => void): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-simulate-'));
  try {
    const timings: Timing[] = [];
    const hops: number[] = [];
    const rows = { video_bytes: 0, piece_bytes: 0, by: BY };
    const rates: { chunkSeconds: number; bytesPerSecond: number }[] = [];
    for (const wanted of ALONE) {
      const { ran, cores } = await watched(folder, 1, [wanted]);
      timings.push(...ran.tasks);
      hops.push(...ran.hops);
      rows.piece_bytes = Math.max(rows.piece_bytes, ran.pieceBytes);
      for (const { video } of ran.videos) {
        const { size = 0, duration_seconds = 1 } = video.outputs.enhanced ?? {};
        rates.push({ chunkSeconds: wanted.chunkSeconds, bytesPerSecond: size / duration_seconds });
        rows.video_bytes = Math.max(rows.video_bytes, JSON.stringify(video).length + KEYS_BYTES);
      }
      const how = wanted.chunkSeconds > 0 ? `in chunks of ${wanted.chunkSeconds} s` : 'whole';
      say(`${wanted.seconds} s, ${how}, with ${cores} processors`);
    }
    for (const seconds of PROXIES) {
      const [upload] = await uploadsOf(folder, [{ at: 0, seconds, chunkSeconds: 0 }]);
      if (upload) timings.push(await timeProxy(upload, join(folder, `proxy-${seconds}`)));
    }
    const runs: Run[] = [];
    for (const { name, workers, uploads } of PREDICTED) {
      const { ran, cores, videos } = await watched(folder, workers, uploads);
      const playable = videos.map(({ at, seconds, chunkSeconds }, i) => ({
        ...{ at, seconds, chunk_seconds: chunkSeconds },
        playable_after: rounded(ran.videos[i]?.playableAfter ?? 0),
      }));
      runs.push({ name, by: BY, workers, cores, keyframe_seconds: EXAMPLE_SECONDS, videos: playable });
      say(`${name}, with ${cores} processors`);
    }
    const whole = rates.findLast(({ chunkSeconds }) => chunkSeconds === 0)?.bytesPerSecond ?? Number.NaN;
    const cut = rates.filter(({ chunkSeconds }) => chunkSeconds > 0);
    return {
      v: 1,
      machine: await machine(),
      clip: {
        ...{ what: 'examples/big-buck-bunny.mp4, again and again', width: 1280, height: 720, frames_per_second: 25 },
        source_bytes_per_second: Math.round((await stat(EXAMPLE)).size / EXAMPLE_SECONDS),
        output_bytes_per_second: Math.round(whole),
      },
      rows,
      growth: cut.map(({ chunkSeconds, bytesPerSecond }) => {
        return { chunk_seconds: chunkSeconds, share: rounded(bytesPerSecond / whole - 1), by: BY };
      }),
      tasks: costsOf(timings, BY),
      hop: { seconds: rounded(hops.reduce((sum, hop) => sum + hop, 0) / hops.length), by: BY },
      runs,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With the processors that others left us: walls on a machine that is shared say little without. */
async function watched(folder: string, workers: number, wanted: Wanted[]) {
  const videos = await uploadsOf(folder, wanted);
  const before = { machine: cpuOfMachine(), own: cpuOfOurs(), at: performance.now() };
  const ran = await runPipeline(folder, workers, videos);
  const others = cpuOfMachine() - before.machine - (cpuOfOurs() - before.own);
  const cores = cpus().length - Math.max(0, others) / ((performance.now() - before.at) / 1000);
  return { ran, videos, cores: rounded(cores) };
}

/** The example again and again, for about so long. */
async function uploadsOf(folder: string, wanted: Wanted[]): Promise<Upload[]> {
  const uploads: Upload[] = [];
  for (const each of wanted) {
    const times = Math.round(each.seconds / EXAMPLE_SECONDS);
    const path = join(folder, `${times}.mp4`);
    const again = ['-stream_loop', String(times - 1), '-i', EXAMPLE, '-map', '0', '-c', 'copy'];
    await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', ...again, path]);
    uploads.push({ ...each, path, seconds: rounded(times * EXAMPLE_SECONDS) });
  }
  return uploads;
}

async function machine(): Promise<Measured['machine']> {
  const { stdout } = await exec(ffmpeg, ['-version']);
  const [first] = cpus();
  const version = /version (\S+)/.exec(stdout)?.[1] ?? '';
  return { cpu: first?.model.trim() ?? '', cores: cpus().length, ffmpeg: version, node: process.version };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
