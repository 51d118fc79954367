import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planFor } from '../../core/conform.ts';
import { TransientError } from '../../core/errors.ts';
import { jsonLog, silentLog } from '../../core/log.ts';
import type { EnhanceJob, RangeSource } from '../../core/ports/index.ts';
import { classic } from '../../core/profiles/classic.ts';
import { type Clip, inspect, makeClip, makeTurnedClip, timesIn } from '../../test/clips.ts';
import { bytesSource, fileSource } from '../../test/file-source.ts';
import { topLevelBoxes } from './boxes.ts';
import { ENCODERS, type Encoder } from './encoders.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const never = new AbortController().signal;
let folder = '';
let scratch = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enhance-'));
});
beforeEach(async () => {
  scratch = await mkdtemp(join(folder, 'scratch-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function jobFor(source: RangeSource, changes: Partial<EnhanceJob> = {}): Promise<EnhanceJob> {
  const { facts } = await media.probe(source, never);
  return {
    source,
    facts,
    plan: planFor(classic, facts, null),
    scratch,
    onProgress: () => {},
    signal: never,
    ...changes,
  };
}

const clip = async (name: Clip) => fileSource(await makeClip(folder, name));
const enhance = async (name: Clip, tools = media) => tools.enhance(await jobFor(await clip(name)));

describe('the file', () => {
  it('is H.264 and AAC that streams at once, with every frame at its time', async () => {
    const percents: number[] = [];
    const onProgress = (percent: number) => percents.push(percent);
    const enhanced = await media.enhance(await jobFor(await clip('plain.mp4'), { onProgress }));
    expect(enhanced).toMatchObject({
      contentType: 'video/mp4',
      encoder: 'libx264',
      path: join(scratch, 'enhanced.mp4'),
    });
    expect(enhanced.durationSeconds).toBeCloseTo(1, 1);
    expect(enhanced.cpuSeconds).toBeGreaterThan(0);
    const { streams } = await inspect(enhanced.path);
    expect(streams).toMatchObject([
      { codec_name: 'h264', profile: 'High', pix_fmt: 'yuv420p', nb_frames: '25', r_frame_rate: '25/1' },
      { codec_name: 'aac', channels: 1 },
    ]);
    const boxes = (await topLevelBoxes(enhanced.path)) ?? [];
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
  });

  it.each(['stream.ts', 'old.avi', 'web.webm', 'anim.gif', 'ten-bit.mkv', 'unknown-length.webm'] as const)(
    'is made of %s',
    async (name) => {
      const { path, durationSeconds } = await enhance(name);
      expect(durationSeconds).toBeCloseTo(1, 0);
      expect((await inspect(path)).streams[0]).toMatchObject({ codec_name: 'h264', nb_frames: '25' });
    },
  );

  it('keeps uneven times', async () => {
    const source = await timesIn(await makeClip(folder, 'uneven.mkv'));
    const output = await timesIn((await enhance('uneven.mkv')).path);
    expect(source).toHaveLength(15);
    // Milliseconds, as Matroska counts, from the first picture on.
    expect(output.map((time) => Math.round(time * 1000))).toEqual(
      source.map((time) => Math.round((time - (source[0] ?? 0)) * 1000)),
    );
  });

  it('has even sides, stands upright without a flag, and has no sound where there was none', async () => {
    const odd = await makeClip(folder, 'odd.mp4');
    expect((await inspect(odd)).streams).toMatchObject([{ width: 101, height: 75 }]);
    expect((await inspect((await enhance('odd.mp4')).path)).streams).toMatchObject([{ width: 100, height: 74 }]);
    const turned = await media.enhance(await jobFor(await fileSource(await makeTurnedClip(folder))));
    const { streams } = await inspect(turned.path);
    expect(streams).toMatchObject([{ width: 120, height: 160 }]);
    expect(JSON.stringify(streams)).not.toContain('rotat');
  });

  it('keeps 5.1 sound', async () => {
    expect((await inspect((await enhance('surround.mp4')).path)).streams[1]).toMatchObject({ channels: 6 });
  });

  it('says where its colours are from, and leaves unsaid what the source left unsaid', async () => {
    const bt709 = { color_space: 'bt709', color_primaries: 'bt709', color_transfer: 'bt709', color_range: 'tv' };
    expect((await inspect((await enhance('bt709.mp4')).path)).streams[0]).toMatchObject(bt709);
    expect((await inspect((await enhance('silent.mp4')).path)).streams[0]).not.toHaveProperty('color_space');
    expect((await inspect((await enhance('full-range.mp4')).path)).streams[0]).toMatchObject({ pix_fmt: 'yuv420p' });
  });

  it('shows the same colours whichever way the source wrote them', async () => {
    const reference = await barsOf('bars.mp4');
    // Seven bars of different colours, in the middle of which sharpening does nothing.
    expect(new Set(reference.map(String)).size).toBe(7);
    // The first is three quarters white: 1.2 · 191 + 10.
    for (const sample of reference[0] ?? []) expect(Math.abs(sample - 239)).toBeLessThanOrEqual(6);
    for (const name of ['bt709.mp4', 'full-range.mp4'] as const) {
      const bars = await barsOf(name);
      const off = bars.flat().map((sample, i) => Math.abs(sample - (reference.flat()[i] ?? 0)));
      expect(Math.max(...off)).toBeLessThanOrEqual(10);
    }
  });

  it('keeps the title and forgets the place', async () => {
    const { format } = await inspect((await enhance('located.mp4')).path);
    expect(format.tags.title).toBe('Garden');
    expect(JSON.stringify(format.tags)).not.toContain('52.5');
  });
});

describe('encoders', () => {
  it('are asked for: the next one is taken where FFmpeg lacks the best', async () => {
    const ffmpeg = join(folder, 'ffmpeg-without-x264');
    const script = `#!/bin/sh\ncase "$*" in *-encoders*) exec ${programs.ffmpeg} "$@" | grep -v 264 ;; *) exec ${programs.ffmpeg} "$@" ;; esac\n`;
    await writeFile(ffmpeg, script);
    await chmod(ffmpeg, 0o755);
    const enhanced = await enhance('plain.mp4', ffmpegTools({ ...programs, ffmpeg, log: silentLog }));
    expect(enhanced).toMatchObject({ contentType: 'video/x-msvideo', encoder: 'mpeg4' });
    const { streams } = await inspect(enhanced.path);
    expect(streams[0]).toMatchObject({ codec_name: 'mpeg4', codec_tag_string: 'XVID' });
    // AVI has a place for each frame time, used or not.
    expect([25, 26]).toContain(Number(streams[0]?.nb_frames));
    expect(streams[1]).toMatchObject({ codec_type: 'audio', channels: 1 });
  });

  it('are left for the next one when they fail at work, and nothing of theirs stays', async () => {
    const failing = {
      ...ENCODERS[0],
      name: 'libx264',
      container: 'mp4',
      options: () => ['-preset', 'nonsense'],
    } as const;
    const last = ENCODERS.slice(-1);
    const lines: string[] = [];
    const log = jsonLog((line) => lines.push(line));
    const enhanced = await enhance('silent.mp4', ffmpegTools({ ...programs, log, encoders: [failing, ...last] }));
    expect(enhanced.encoder).toBe('mpeg4');
    expect(await readdir(scratch)).toEqual(['enhanced.avi']);
    expect(lines.join('\n')).toContain('an encoder failed');
    expect(lines.join('\n')).not.toContain('127.0.0.1');
  });

  it('are tried again without subtitles, where those break the run', async () => {
    const job = await jobFor(await clip('silent.mp4'));
    const missing = { index: 7, codec: 'subrip', language: null, title: null, default: false };
    const enhanced = await media.enhance({ ...job, facts: { ...job.facts, subtitles: [missing] } });
    expect(enhanced).toMatchObject({ encoder: 'libx264', notes: ['Its subtitles could not be taken along.'] });
  });

  it('that need hardware are tried, and failing that the next', async () => {
    const withHardware = ENCODERS.filter(({ name }) => !['libx264', 'libopenh264'].includes(name));
    const { encoder } = await enhance(
      'silent.mp4',
      ffmpegTools({ ...programs, log: silentLog, encoders: withHardware }),
    );
    expect(withHardware.map(({ name }) => name)).toContain(encoder);
  });

  it('that all fail are our fault, to be tried again later', async () => {
    const tools = ffmpegTools({ ...programs, log: silentLog, encoders: [] });
    await expect(enhance('silent.mp4', tools)).rejects.toMatchObject({ code: 'encode_failed', retryable: true });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('of an FFmpeg that is too old are not even tried', async () => {
    const ffmpeg = join(folder, 'old-ffmpeg');
    await writeFile(ffmpeg, '#!/bin/sh\necho "ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright" >&2\n');
    await chmod(ffmpeg, 0o755);
    const tools = ffmpegTools({ ...programs, ffmpeg, log: silentLog });
    await expect(enhance('silent.mp4', tools)).rejects.toMatchObject({ code: 'ffmpeg_too_old' });
  });
});

describe('what goes wrong', () => {
  it.each(['header-first.mp4', 'ten-bit.mkv'] as const)('%s, cut off, is refused with the place', async (name) => {
    const bytes = await readFile(await makeClip(folder, name));
    const cut = bytesSource(bytes.subarray(0, Math.round(bytes.length * 0.4)));
    await expect(media.enhance(await jobFor(cut))).rejects.toMatchObject({
      code: 'undecodable',
      message: expect.stringMatching(/^Only 0\.\d of its 1\.0 seconds could be decoded/),
    });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('a file without a picture in it is refused', async () => {
    const bytes = await readFile(await makeClip(folder, 'silent.mp4'));
    const job = await jobFor(bytesSource(bytes));
    const data = bytes.indexOf('mdat');
    const broken = bytesSource(Buffer.from(bytes).fill(0, data + 4, data + bytes.readUInt32BE(data - 4) - 4));
    await expect(media.enhance({ ...job, source: broken })).rejects.toMatchObject({ code: 'undecodable' });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('storage that fails in the middle is not the file’s fault', async () => {
    const path = await makeClip(folder, 'plain.mp4');
    const job = await jobFor(await fileSource(path));
    const down = new TransientError('storage_down', 'Storage does not answer.');
    const failing = media.enhance({ ...job, source: { ...job.source, read: () => Promise.reject(down) } });
    await expect(failing).rejects.toMatchObject({ retryable: true });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('an aborted job ends at once and leaves nothing', async () => {
    const stop = new AbortController();
    const { job, frames } = await endless();
    const onProgress = () => stop.abort(new Error('told to stop'));
    await expect(media.enhance({ ...job, onProgress, signal: stop.signal })).rejects.toThrow('told to stop');
    expect(frames).toBeGreaterThan(100);
    expect(await readdir(scratch)).toEqual([]);
  });
});

/** The colour in the middle of each of the seven bars, as shown. */
async function barsOf(name: Clip): Promise<number[][]> {
  const lossless: Encoder = { name: 'libx264', container: 'mp4', options: () => ['-qp', '0', '-pix_fmt', 'yuv420p'] };
  const { path } = await enhance(name, ffmpegTools({ ...programs, log: silentLog, encoders: [lossless] }));
  const { width, bgr } = await media.firstFrame(await fileSource(path), never);
  return [0, 1, 2, 3, 4, 5, 6].map((bar) => {
    const at = (30 * width + Math.round(((bar + 0.5) * width) / 7)) * 3;
    return [...bgr.subarray(at, at + 3)];
  });
}

/** A job that takes longer than anybody waits. */
async function endless(): Promise<{ job: EnhanceJob; frames: number }> {
  const job = await jobFor(await clip('silent.mp4'));
  const frames = 25_000;
  return { job: { ...job, plan: { ...job.plan, graph: `loop=${frames}:25:0,${job.plan.graph}` } }, frames };
}
