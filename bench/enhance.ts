import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { encodeCommand } from '../adapters/ffmpeg/command.ts';
import { ENCODERS } from '../adapters/ffmpeg/encoders.ts';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../adapters/ffmpeg/tools.ts';
import { silentLog } from '../core/log.ts';
import { classic } from '../core/profiles/classic.ts';
import { fileSource } from '../test/file-source.ts';
import { realClips, testPython } from '../test/python.ts';

/*
 * What enhancing costs, side by side on the same clip and in turns:
 *
 *   enhancer   our step: one FFmpeg that decodes, filters and encodes, fed through the range server
 *   floor      plain FFmpeg that encodes the enhancer's own output again with the same settings: what encoding alone is
 *   frames     plain FFmpeg that encodes the very frames that the enhancer encodes, from a raw file: x264 spends more on
 *              them than on its own output, from which it took the noise before
 *   reference  every frame through Python and OpenCV into an intermediate file, then encoded by FFmpeg
 *
 * Clips of a few seconds are repeated to half a minute, so that the start of programs does not count for more than it
 * does in life. Trust the CPU seconds and their ratios; on a busy machine, wall times say little. Linux only.
 *
 *   npm run bench:enhance -- [rounds] [clips…]
 */

const exec = promisify(execFile);
const here = (name: string) => join(import.meta.dirname, name);

interface Took {
  cpu: number;
  wall: number;
  /** MiB of the largest process. */
  rss: number;
}

/** Seconds that a clip should last. */
const LONG_ENOUGH = 25;

const programs = findFfmpeg();
const { ffmpeg } = programs;
const media = ffmpegTools({ ...programs, log: silentLog });
const [, , rounds = '3', ...given] = process.argv;
const real = await realClips();
const small = join(real, 'carphone_pristine.mp4');
const clips = given.length > 0 ? given : ['bigbuckbunny.mp4', 'bikes.mp4'].map((name) => join(real, name));

const { stdout: version } = await exec(ffmpeg, ['-version']);
console.log(`${version.split('\n')[0]}\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
for (const clip of clips) await compare(clip, Number(rounds));

async function compare(original: string, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-enhance-'));
  const ratios: Record<'floor' | 'frames' | 'reference', number[]> = { floor: [], frames: [], reference: [] };
  try {
    const { clip, times } = await repeated(original, folder);
    const title = `${basename(original)}${times > 1 ? ` × ${times}` : ''}, ${rounds} rounds`;
    console.log(`${title.padEnd(40)}CPU s    wall s  peak MiB`);
    const filtered = await filter(clip, join(folder, 'frames.nut'));
    for (let round = 1; round <= rounds; round++) {
      const { enhancer, output } = await enhance(clip, folder);
      const floor = await measure([ffmpeg, ...(await encodeAgain(output, join(folder, 'floor.mp4')))]);
      const frames = await measure([ffmpeg, ...(await encodeAgain(filtered, join(folder, 'frames.mp4')))]);
      const reference = await measure([testPython, here('reference_method.py'), ffmpeg, clip, folder]);
      for (const [name, took] of Object.entries({ enhancer, floor, frames, reference })) print(round, name, took);
      ratios.floor.push(enhancer.cpu / floor.cpu);
      ratios.frames.push(enhancer.cpu / frames.cpu);
      ratios.reference.push(enhancer.cpu / reference.cpu);
      if (round === rounds) console.log(`  ${(await stat(clip)).size} bytes became ${(await stat(output)).size}`);
    }
    for (const [name, values] of Object.entries(ratios)) console.log(`  enhancer / ${name}: ${spread(values)}`);
    console.log();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function repeated(original: string, folder: string): Promise<{ clip: string; times: number }> {
  const { duration } = await factsOf(original);
  const times = duration > 0 ? Math.ceil(LONG_ENOUGH / duration) : 1;
  if (times === 1) return { clip: original, times };
  const clip = join(folder, 'clip.mp4');
  const loop = ['-stream_loop', String(times - 1), '-i', original, '-map', '0', '-c', 'copy', clip];
  await exec(ffmpeg, ['-nostdin', '-v', 'error', ...loop]);
  return { clip, times };
}

/** The frames as the enhancer's encoder sees them, uncompressed, with the sound beside them. */
async function filter(clip: string, output: string): Promise<string> {
  const { graph } = classic.plan((await factsOf(clip)).video);
  const raw = ['-vf', graph, '-filter_threads', '1', '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-c:a', 'copy'];
  await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', '-i', clip, ...raw, output]);
  return output;
}

async function factsOf(path: string) {
  return (await media.probe(await fileSource(path), new AbortController().signal)).facts;
}

async function enhance(clip: string, folder: string): Promise<{ enhancer: Took; output: string }> {
  const whole = await measure([process.execPath, here('enhance-once.ts'), small, clip, folder]);
  const { cpu, wall, path } = JSON.parse(await readFile(join(folder, 'took.json'), 'utf8'));
  return { enhancer: { ...whole, cpu, wall }, output: path };
}

/** Our own command line, but with nothing between decoder and encoder, and a plain file as its input. */
async function encodeAgain(input: string, output: string): Promise<string[]> {
  const [encoder] = ENCODERS;
  if (!encoder) throw new Error('There is no encoder.');
  const facts = await factsOf(input);
  const plan = { graph: 'null', color: facts.video.color };
  return encodeCommand({ input: ['-i', input], facts, plan, encoder, audioEncoder: 'aac', output });
}

async function measure(command: string[]): Promise<Took> {
  const { stdout } = await exec(testPython, [here('measure.py'), ...command]);
  return JSON.parse(stdout);
}

function print(round: number, name: string, { cpu, wall, rss }: Took): void {
  const columns = [cpu.toFixed(2), wall.toFixed(2), rss.toFixed(0)].map((text) => text.padStart(9)).join(' ');
  console.log(`  ${round}  ${name.padEnd(32)}${columns}`);
}

function spread(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return `min ${at(0).toFixed(2)}  median ${median.toFixed(2)}  max ${at(sorted.length - 1).toFixed(2)}`;
}
