import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeCommand } from '../../adapters/ffmpeg/command.ts';
import { ENCODERS } from '../../adapters/ffmpeg/encoders.ts';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { decodeCommand } from '../../adapters/ffmpeg/verify.ts';
import { silentLog } from '../../core/log.ts';
import type { ProfileName } from '../../core/profiles/index.ts';
import { fileSource } from '../../test/file-source.ts';
import { realClips, testPython } from '../../test/python.ts';
import type { Took } from './once.ts';

/* What the comparisons of `bench/enhance` share: ways to do the same work, each measured as a whole process. */

const exec = promisify(execFile);
const here = (name: string) => join(import.meta.dirname, name);
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const clips = await realClips();

export const { ffmpeg } = programs;
export const clip = (name: string) => join(clips, name);

/** What a process and everything it started took. */
export interface Cost {
  /** Seconds, user and system. */
  cpu: number;
  /** Seconds. */
  wall: number;
  /** MiB of the largest process. */
  rss: number;
}

export async function measure(command: string[]): Promise<Cost> {
  const { stdout } = await exec(testPython, [here('measure.py'), ...command], { maxBuffer: 1e9 });
  return JSON.parse(stdout);
}

export async function runFfmpeg(...args: string[]): Promise<string> {
  const { stderr } = await exec(ffmpeg, ['-nostdin', '-y', ...args], { maxBuffer: 1e9 });
  return stderr;
}

export async function factsOf(path: string) {
  return (await media.probe(await fileSource(path), new AbortController().signal)).facts;
}

/** Our step, as a worker does it. Its result is at `path` until the next call with this folder. */
export async function enhanceOnce(profile: ProfileName, source: string, folder: string): Promise<Cost & Took> {
  const whole = await measure([
    process.execPath,
    here('once.ts'),
    profile,
    clip('carphone_pristine.mp4'),
    source,
    folder,
  ]);
  return { ...whole, ...(JSON.parse(await readFile(join(folder, 'took.json'), 'utf8')) as Took) };
}

/** Plain FFmpeg with our own command line, reading a plain file. */
export async function encode(source: string, output: string, graph = ''): Promise<Cost> {
  const [encoder] = ENCODERS;
  if (!encoder) throw new Error('There is no encoder.');
  const facts = await factsOf(source);
  const plan = { graph, color: facts.video.color, findings: [] };
  const encoding = { input: ['-i', source], facts, plan, encoder, audioEncoder: 'aac', output };
  return measure([ffmpeg, ...encodeCommand(encoding)]);
}

/** What `verify` does with a result, after it looked at its header. */
export function decodeAgain(path: string): Promise<Cost> {
  return measure([ffmpeg, ...decodeCommand(path)]);
}

/** Every frame through Python and OpenCV, then a second encode. Writes `reference.mp4` into the folder. */
export function referenceMethod(source: string, folder: string): Promise<Cost> {
  return measure([testPython, here('reference_method.py'), ffmpeg, source, folder]);
}

/** The clip as often as it takes to last so many seconds: what programs take to start counts for less in life, too. */
export async function repeated(source: string, seconds: number, output: string): Promise<number> {
  const { duration } = await factsOf(source);
  const times = duration > 0 ? Math.ceil(seconds / duration) : 1;
  await runFfmpeg('-v', 'error', '-stream_loop', String(times - 1), '-i', source, '-map', '0', '-c', 'copy', output);
  return times;
}

export function print(title: string, { cpu, wall, rss }: Cost): void {
  const columns = [cpu.toFixed(2), wall.toFixed(2), rss.toFixed(0)].map((text) => text.padStart(9)).join(' ');
  console.log(`  ${title.padEnd(38)}${columns}`);
}

export const HEADINGS = `${''.padEnd(40)}    CPU s    wall s  peak MiB`;

export function spread(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  return `min ${at(0).toFixed(2)}  median ${median(values).toFixed(2)}  max ${at(sorted.length - 1).toFixed(2)}`;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const at = (i: number) => sorted[i] ?? Number.NaN;
  return (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
}
