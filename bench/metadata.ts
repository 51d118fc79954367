import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { firstFrame } from '../adapters/ffmpeg/first-frame.ts';
import { probe } from '../adapters/ffmpeg/probe.ts';
import { silentLog } from '../core/log.ts';
import { countIn, readArguments } from '../local/arguments.ts';
import { type Origin, slowOrigin } from './slow-origin.ts';

/*
 * What it takes to know everything about a video that lies in storage: bytes read and requests (the median of all
 * rounds), and milliseconds (the least: on a busy machine, more says nothing).
 *
 *   ours       our step: probe and first picture, through the range server
 *   probe      our probe alone
 *   ffprobe    plain ffprobe on the URL: the header alone, without the first picture
 *   both       plain ffprobe and then FFmpeg on the URL, for the same as ours
 *   download   the whole file first, then ffprobe and FFmpeg on it
 *
 * Storage is a server on loopback, 20 ms away, with 60 MB/s a connection. A clip is repeated until it is as large as what
 * people upload.
 *
 *   npm run bench:metadata -- [rounds] [clip]
 */

const exec = promisify(execFile);
const { ffmpeg, ffprobe } = findFfmpeg();
const { signal } = new AbortController();
const DISTANCE = { latency: 20, speed: 60_000 };
const LARGE = 64e6;
const { positionals } = readArguments(
  `Usage: npm run bench:metadata -- [rounds] [clip]

What it takes to know everything about a video that lies in storage, in our way and in others.`,
  { allowPositionals: true },
);
const [given, clip = join(import.meta.dirname, '../examples/big-buck-bunny.mp4')] = positionals;
const rounds = countIn(given, 'rounds', 3);

/** What a step that reads straight from storage does. */
const SHOW = ['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json'];
const header = (input: string) => exec(ffprobe, [...SHOW, '-i', input]);
const picture = (input: string) => {
  const output = ['-map', '0:V:0', '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'bgr24', '-'];
  return exec(ffmpeg, ['-nostdin', '-v', 'error', '-i', input, ...output], { encoding: 'buffer', maxBuffer: 1e9 });
};

const WAYS: Record<string, (origin: Origin, folder: string) => Promise<unknown>> = {
  // As the pipeline does: at the same time, and with a source of its own, so that one task's reads do not help the next.
  ours: ({ source }) => {
    const own = { ...source };
    return Promise.all([probe(ffprobe, own, signal, silentLog), firstFrame(ffmpeg, own, signal, silentLog)]);
  },
  probe: ({ source }) => probe(ffprobe, { ...source }, signal, silentLog),
  ffprobe: ({ url }) => header(url),
  both: async ({ url }) => {
    await header(url);
    await picture(url);
  },
  download: async ({ source }, folder) => {
    const path = join(folder, 'downloaded');
    await pipeline(await source.read(0, source.size - 1, signal), createWriteStream(path));
    await header(path);
    await picture(path);
  },
};

const folder = await mkdtemp(join(tmpdir(), 'bench-metadata-'));
try {
  const { stdout } = await exec(ffmpeg, ['-version']);
  console.log(`${stdout.split('\n')[0]}\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
  const times = Math.ceil(LARGE / (await stat(clip)).size);
  const files: [string, string[]][] = [
    ['header-first.mp4', ['-movflags', '+faststart']],
    ['header-last.mp4', []],
    ['matroska.mkv', []],
    ['stream.ts', []],
  ];
  for (const [name, options] of files) {
    const path = join(folder, name);
    const loop = ['-stream_loop', String(times - 1), '-i', clip, '-map', '0', '-c', 'copy', ...options, path];
    await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', ...loop]);
    await compare(name, path);
    await rm(path);
  }
} finally {
  await rm(folder, { recursive: true });
}

async function compare(name: string, path: string): Promise<void> {
  const { size } = await stat(path);
  const title = `${name}, ${(size / 1e6).toFixed(0)} MB`;
  console.log(`${title.padEnd(28)}${'kB read'.padStart(10)}${'requests'.padStart(10)}${'ms'.padStart(10)}`);
  const origin = await slowOrigin(path, DISTANCE);
  try {
    for (const [way, work] of Object.entries(WAYS)) {
      const took = [];
      for (let round = 0; round < rounds; round++) {
        origin.sent();
        const begun = performance.now();
        await work(origin, folder);
        took.push({ ms: performance.now() - begun, ...origin.sent() });
      }
      const columns = [
        (median(took.map(({ bytes }) => bytes)) / 1000).toFixed(0),
        median(took.map(({ requests }) => requests)).toFixed(0),
        Math.min(...took.map(({ ms }) => ms)).toFixed(0),
      ];
      console.log(`  ${way.padEnd(26)}${columns.map((column) => column.padStart(10)).join('')}`);
    }
  } finally {
    origin.close();
  }
  console.log();
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
