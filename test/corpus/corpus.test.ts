import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { planFor } from '../../core/conform.ts';
import { planKeepingHdr } from '../../core/conform-keep.ts';
import { describeVideo } from '../../core/describe-video.ts';
import { silentLog } from '../../core/log.ts';
import { MetadataDocument } from '../../core/metadata.ts';
import { passthrough } from '../../core/profiles/passthrough.ts';
import { receiveSource, type Video } from '../../core/video.ts';
import { aVideo } from '../a-video.ts';
import { fileSource } from '../file-source.ts';
import { type Case, type Kitchen, kitchenIn } from './case.ts';
import { chartIn } from './chart.ts';
import { codecs } from './codecs.ts';
import { color } from './color.ts';
import { containers } from './containers.ts';
import { damage } from './damage.ts';
import { judge } from './judge.ts';
import { lengths } from './lengths.ts';
import { orientation } from './orientation.ts';
import { realFiles } from './real.ts';
import { streams } from './streams.ts';
import { type Row, table } from './table.ts';
import { time } from './time.ts';

/*
 * What people upload, made by FFmpeg or filmed, through the whole engine: probed, conformed, encoded, verified, and then looked
 * at from outside. `CORPUS=all` runs every case and writes docs/corpus.md; else a subset stands for it.
 */

const GROUPS = { orientation, color, time, lengths, streams, damage, containers, codecs, real: realFiles };
const WHOLE = process.env.CORPUS === 'all';
/** Seconds of CPU time and MiB that one file may take. */
const LIMITS = { seconds: 20, memory: 400 };

const rows: Row[] = [];
let folder = '';
let kitchen: Kitchen;
let media: ReturnType<typeof ffmpegTools>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corpus-'));
  kitchen = kitchenIn(folder, await chartIn(folder));
  media = ffmpegTools({ ...findFfmpeg(), ffmpeg: await measured(), log: silentLog });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  console.log(table(rows));
  const missing = rows.some(({ result }) => result === 'FAILED');
  if (WHOLE && !missing && rows.length === Object.values(GROUPS).flat().length) {
    await writeFile(join(import.meta.dirname, '../../docs/corpus.md'), table(rows));
  }
});

const encoders = execFileSync(findFfmpeg().ffmpeg, ['-v', 'quiet', '-encoders']).toString();
const has = (encoder: string) => new RegExp(`^ [VAS]\\S+ ${encoder} `, 'm').test(encoders);

describe.each(Object.entries(GROUPS))('%s', (group, cases) => {
  it.each(cases.filter(({ fast }) => WHOLE || fast))('$name: $about', async (one) => {
    const row: Row = { group, name: one.name, about: one.about, result: 'FAILED', seconds: 0, memory: 0, deltaE: null };
    rows.push(row);
    const missing = (one.needs ?? []).filter((encoder) => !has(encoder));
    if (missing.length > 0) {
      row.result = `skipped: this FFmpeg has no ${missing.join(', ')}`;
      return;
    }
    const path = join(folder, group, one.name);
    await mkdir(join(folder, group), { recursive: true });
    const made = one.make(kitchen, path);
    if (Array.isArray(made)) await kitchen.ffmpeg(...made, path);
    else await made;
    await writeFile(join(folder, 'memory'), '');
    await runThrough(one, path, row);
    row.memory = await peakMemory();
    expect(row.seconds).toBeLessThan(LIMITS.seconds);
    expect(row.memory).toBeLessThan(LIMITS.memory);
    row.result = one.refused ? `refused: ${one.refused.code}` : 'ok';
  });
});

async function runThrough(one: Case, path: string, row: Row): Promise<void> {
  const source = await fileSource(path);
  const { signal } = new AbortController();
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  const work = async () => {
    const probe = await media.probe(source, signal);
    const { interlacing } = one;
    const bars = { top: 0, bottom: 0, left: 0, right: 0 };
    const seen = interlacing ? { scenes: [], samples: 0, bars, interlacing } : null;
    const plan = one.keepHdr ? planKeepingHdr(probe.facts) : planFor(passthrough, probe.facts, seen);
    const job = { source, facts: probe.facts, plan, scratch, onProgress: () => {}, signal };
    const enhanced = await media.enhance(job);
    row.seconds = enhanced.cpuSeconds;
    return { probe, enhanced };
  };
  if (one.refused) {
    const { code, words } = one.refused;
    await expect(work()).rejects.toMatchObject({ code, retryable: false, message: expect.stringMatching(words) });
    return;
  }
  const { probe, enhanced } = await work();
  const frame = await media.firstFrame(source, signal);
  MetadataDocument.parse(describeVideo(recordOf(one.name, source.size), probe, frame));
  row.deltaE = await judge(path, probe.facts, enhanced, one.expect ?? {});
  await rm(scratch, { recursive: true });
}

function recordOf(filename: string, size: number): Video {
  const now = new Date();
  return receiveSource(
    aVideo({ filename, size }),
    { key: 'uploads/it', size, etag: '"it"', checksum: null },
    now,
  ) as Video;
}

/** FFmpeg, noting down the most memory that each run of it took, which it tells with `-benchmark`. */
async function measured(): Promise<string> {
  const path = join(folder, 'ffmpeg');
  const log = join(folder, 'memory');
  const said = `${log}.$$`;
  await writeFile(
    path,
    `#!/bin/sh\n'${findFfmpeg().ffmpeg}' "$@" 2>'${said}'\ncode=$?\ncat '${said}' >&2\ngrep -o 'maxrss=[0-9]*' '${said}' >>'${log}'\nrm '${said}'\nexit $code\n`.replaceAll(
      `'${said}'`,
      `'${log}'.$$`,
    ),
  );
  await chmod(path, 0o755);
  return path;
}

/** In MiB. */
async function peakMemory(): Promise<number> {
  const peaks = (await readFile(join(folder, 'memory'), 'utf8')).matchAll(/maxrss=(\d+)/g);
  return Math.round(Math.max(0, ...[...peaks].map(([, kib]) => Number(kib))) / 1024);
}
