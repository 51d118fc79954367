import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { planFor } from '../../../core/conform.ts';
import { silentLog } from '../../../core/log.ts';
import type { Cutting } from '../../../core/ports/index.ts';
import { passthrough } from '../../../core/profiles/passthrough.ts';
import { fileSource } from '../../../test/file-source.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { probeOwn } from '../probe.ts';
import { ffmpegTools } from '../tools.ts';

vi.setConfig({ testTimeout: 90_000 });

const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const { signal } = new AbortController();
const exec = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endings-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Twenty-four seconds with a keyframe every two, the header first, and no B pictures. */
async function film(name: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=96x54:rate=10:duration=24'];
  const coding = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '20', '-bf', '0'];
  await exec(programs.ffmpeg, [
    '-v',
    'error',
    '-y',
    ...picture,
    ...coding,
    ...options,
    '-movflags',
    '+faststart',
    path,
  ]);
  return path;
}

async function planned(path: string) {
  const source = await fileSource(path);
  const { facts } = await media.probe(source, signal);
  const plan = planFor(passthrough, facts, null);
  const cut = await media.cut({ source, facts, plan, seconds: 10, samples: [], signal });
  return { source, facts, plan, cut };
}

async function inChunks({ cut, ...job }: Awaited<ReturnType<typeof planned>> & { cut: Cutting }) {
  const scratch = await mkdtemp(join(folder, 'work-'));
  const chunks = await Promise.all(
    cut.timeline.chunks.map(async (_, index) => {
      const own = join(scratch, `chunk-${index}`);
      await mkdir(own);
      return media.enhanceChunk({ ...job, cut, index, scratch: own, onProgress: () => {}, signal });
    }),
  );
  const sound = cut.sound
    ? (await media.encodeSound({ ...job, cut, scratch, onProgress: () => {}, signal })).path
    : null;
  const joined = await media.assemble({ facts: job.facts, chunks, sound, ending: cut.ending, scratch, signal });
  return { chunks, ...joined };
}

describe('a file that was cut off', () => {
  it.each(['mp4', 'mkv'])('is not cut in chunks, so that work on the whole finds that out (%s)', async (container) => {
    const path = await film(`whole.${container}`);
    expect((await planned(path)).cut).not.toBeNull();
    const bytes = await readFile(path);
    const short = join(folder, `short.${container}`);
    await writeFile(short, bytes.subarray(0, Math.round(bytes.length * 0.7)));
    const job = await planned(short);
    expect(job.cut).toBeNull();
    const whole = { ...job, scratch: folder, onProgress: () => {}, signal };
    await expect(media.enhance(whole)).rejects.toMatchObject({ code: 'undecodable' });
  });

  it('fails where it was planned for as whole', async () => {
    const job = await planned(await film('shorter.mp4'));
    const { cut } = job;
    if (!cut) throw new Error('it was not cut');
    expect(cut.ending?.last).toBeCloseTo(23.9, 3);
    const longer = { ...cut, ending: { last: 30, until: null } };
    await expect(inChunks({ ...job, cut: longer })).rejects.toMatchObject({ code: 'chunk_failed' });
  });
});

it.each(['mp4', 'mkv'])('a last picture stands for as long as it did (%s)', async (container) => {
  const even = await film('even.mp4', '-video_track_timescale', '12800');
  const held = join(folder, 'held.mp4');
  const last = "setts=pts=PTS:dts=DTS:duration='if(eq(N,239),6*12800,DURATION)'";
  await exec(programs.ffmpeg, ['-v', 'error', '-y', '-i', even, '-c', 'copy', '-bsf:v', last, held]);
  const path = join(folder, `held-again.${container}`);
  await exec(programs.ffmpeg, ['-v', 'error', '-y', '-i', held, '-c', 'copy', path]);
  const job = await planned(path);
  if (!job.cut) throw new Error('it was not cut');
  const { path: joined, durationSeconds } = await inChunks({ ...job, cut: job.cut });
  expect(durationSeconds).toBeCloseTo(29.9, 2);
  const report = await probeOwn(programs.ffprobe, joined, signal);
  expect(Number(report?.streams[0]?.duration)).toBeCloseTo(29.9, 2);
  expect(report?.streams[0]?.nb_frames).toBe('240');
});

it('is as long as there is something to see, however long it can be read', async () => {
  const text = join(folder, 'late.srt');
  await writeFile(text, '1\n00:00:20,000 --> 00:00:40,000\nThe end\n');
  const path = join(folder, 'read.mkv');
  const args = ['-i', await film('seen.mp4'), '-i', text, '-c', 'copy', '-c:s', 'srt'];
  await exec(programs.ffmpeg, ['-v', 'error', '-y', ...args, path]);
  const job = await planned(path);
  if (!job.cut) throw new Error('it was not cut');
  expect((await inChunks({ ...job, cut: job.cut })).durationSeconds).toBeCloseTo(24, 1);
});

it.each([
  ['frag_keyframe+empty_moov', false],
  ['frag_keyframe+empty_moov+default_base_moof+global_sidx', true],
])('a film in fragments is cut only where one index tells of all of them (%s)', async (flags, isCut) => {
  const path = join(folder, 'fragments.mp4');
  await exec(programs.ffmpeg, [
    '-v',
    'error',
    '-y',
    '-i',
    await film('all.mp4'),
    '-c',
    'copy',
    '-movflags',
    flags,
    path,
  ]);
  const { cut } = await planned(path);
  expect(cut !== null).toBe(isCut);
});

it('says of a chunk that parts of it are damaged', async () => {
  const path = await film('damaged.mp4');
  const bytes = await readFile(path);
  const at = bytes.indexOf('mdat') + Math.round((bytes.length - bytes.indexOf('mdat')) * 0.25);
  for (let i = 0; i < 3000; i++) bytes[at + i] = (i * i * 37 + i * 11 + 13) & 0xff;
  await writeFile(path, bytes);
  const job = await planned(path);
  if (!job.cut) throw new Error('it was not cut');
  const { chunks } = await inChunks({ ...job, cut: job.cut });
  expect(chunks[0]?.notes?.join()).toMatch(/damaged/);
  expect(chunks.at(-1)?.notes).toBeUndefined();
});
