import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FrameMeasures } from '../../../core/measures.ts';
import { frame } from '../../../core/profiles/measures.fixture.ts';
import { inspect } from '../../../test/clips.ts';
import { fileSource } from '../../../test/file-source.ts';
import { topLevelBoxes } from '../boxes.ts';
import { encodeCommand } from '../command.ts';
import { ENCODERS, type Encoder } from '../encoders.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { assembled, encodedChunks, type InChunks, plannedInChunks } from './in-chunks.fixture.ts';

/** Several encodes each, on a machine that may be busy. */
vi.setConfig({ testTimeout: 90_000 });

const exec = promisify(execFile);
const { ffmpeg } = findFfmpeg();
const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'examples', 'big-buck-bunny.mp4');
const ffmpegRun = async (...args: string[]) => (await exec(ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args])).stdout;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunks-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the encoder is given is what can be read back from it. */
const LOSSLESS: Encoder = {
  name: 'libx264',
  container: 'mp4',
  options: () => ['-preset', 'ultrafast', '-bf', '3', '-qp', '0', '-pix_fmt', 'yuv420p'],
};

/** 22 seconds, so that there are two or three chunks; with grain, so that denoising has something to do. */
const picture = (rate: string) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=96x54:rate=${rate}:duration=22,noise=alls=10:allf=t:all_seed=1`],
];
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=22'];
const x264 = (params: string) => [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-pix_fmt',
  'yuv420p',
  '-x264-params',
  params,
];
const BFRAMES = x264('keyint=30:bframes=3:b-pyramid=2');
const UNEVEN = ['-vf', `select='gt(mod(n,7),1)',setpts='PTS+random(1)*0.02/TB'`, '-fps_mode', 'vfr'];

const DENOISE = 'atadenoise=0a=0.06:0b=0.12:1a=0.06:1b=0.12:2a=0.06:2b=0.12:s=5,nlmeans=s=4:p=3:r=3';
const DEINTERLACE = 'bwdif=mode=send_frame:parity=tff:deint=all';
const SCENES = `lutyuv=y='val+40':enable='between(t,5,10.5)',unsharp=la=1:enable='between(t,9,13)',${DENOISE}`;

const made = async (name: string, ...args: string[]) => {
  const path = join(folder, name);
  await ffmpegRun(...args, path);
  return path;
};

/** FFmpeg's arguments by what is odd about the source, and the graph to try it with. */
const SOURCES: Record<string, { graph: string; make: () => Promise<string> }> = {
  'B pictures and sound': {
    graph: '',
    make: () => made('plain.mp4', ...picture('15'), ...SOUND, ...BFRAMES, '-c:a', 'aac'),
  },
  'a sound with nothing in it': {
    graph: '',
    make: () => made('muted.mkv', ...picture('15'), ...SOUND, ...BFRAMES, '-c:a', 'aac', '-bsf:a', 'noise=drop=1'),
  },
  'open groups of pictures': {
    graph: DENOISE,
    make: () => made('open.mp4', ...picture('15'), ...x264('keyint=30:open-gop=1:bframes=3:b-pyramid=2')),
  },
  'open groups of pictures, in HEVC': {
    graph: DEINTERLACE,
    make: () =>
      made(
        'hevc.mkv',
        ...[...picture('15'), '-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
        ...['-x265-params', 'log-level=none:keyint=40:bframes=4:open-gop=1:b-adapt=0:rc-lookahead=10'],
      ),
  },
  'uneven times, and scenes across joints': {
    graph: SCENES,
    make: () => made('uneven.mkv', ...picture('15'), ...UNEVEN, ...BFRAMES),
  },
  '29.97 pictures a second, later than the sound': {
    graph: DENOISE,
    make: () =>
      made(
        'late.mp4',
        '-itsoffset',
        '0.4',
        ...picture('30000/1001'),
        ...SOUND,
        ...BFRAMES,
        '-c:a',
        'aac',
        '-movflags',
        '+faststart',
      ),
  },
  'a start far from 0': {
    graph: SCENES,
    make: () =>
      made('offset.mkv', ...picture('24000/1001'), ...SOUND, ...BFRAMES, '-c:a', 'aac', '-output_ts_offset', '7.3'),
  },
  'an edit list that begins between keyframes': {
    graph: DENOISE,
    make: async () =>
      made('edited.mp4', '-ss', '1.3', '-i', await made('long.mp4', ...picture('15'), ...BFRAMES), '-c', 'copy'),
  },
  'a picture every four seconds': {
    graph: '',
    make: () => made('slides.mp4', ...picture('1/4'), ...x264('keyint=1')),
  },
  'keyframes only': {
    graph: DEINTERLACE,
    make: () => made('intra.mov', ...picture('15'), '-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p'),
  },
};

/** Each picture's time and hash. */
const picturesOf = (path: string) =>
  ffmpegRun(
    ...['-i', path, '-map', '0:v', '-fps_mode', 'passthrough', '-enc_time_base', '1/120000', '-f', 'framemd5', '-'],
  );
const sha = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** PSNR of luma in decibels, picture by picture. */
async function qualitiesOf(path: string, original: string): Promise<number[]> {
  const compared = '[0:V:0]settb=1/25,setpts=N[a];[1:V:0]settb=1/25,setpts=N[b];[a][b]psnr=stats_file=-';
  const stats = await ffmpegRun('-i', path, '-i', original, '-lavfi', compared, '-f', 'null', '-');
  return [...stats.matchAll(/psnr_y:([\d.]+)/g)].map(([, psnr]) => Number(psnr));
}

async function planned(path: string, graph: string, encoder = LOSSLESS, samples: FrameMeasures[] = []) {
  const job = await plannedInChunks(await fileSource(path), graph, encoder, { samples });
  if (!job) throw new Error('was not cut');
  expect(job.timeline.chunks.length).toBeGreaterThan(1);
  return job;
}

const scratch = () => mkdtemp(join(folder, 'scratch-'));

/** The same work by the one command for the whole video. */
async function whole({ facts, plan, encoder }: InChunks, path: string): Promise<string> {
  const output = join(await scratch(), 'whole.mp4');
  await exec(ffmpeg, encodeCommand({ input: ['-i', path], facts, plan, encoder, audioEncoder: 'aac', output }));
  return output;
}

describe('a video made of chunks has the pictures and times of one made whole, with', () => {
  it.each(Object.entries(SOURCES))('%s', async (_, { graph, make }) => {
    const path = await make();
    const job = await planned(path, graph);
    const at = await scratch();
    const result = await assembled(job, await encodedChunks(job, at), at);
    const reference = await whole(job, path);
    expect(await picturesOf(result.path)).toBe(await picturesOf(reference));
    const starts = async (file: string) => (await inspect(file)).streams.map(({ start_time }) => Number(start_time));
    const [ours, theirs] = [await starts(result.path), await starts(reference)];
    expect(ours).toHaveLength(theirs.length);
    for (const [i, start] of ours.entries()) expect(start).toBeCloseTo(theirs[i] ?? Number.NaN, 2);
  });
});

describe('one plan', () => {
  it('gives the same bytes in whatever order it is carried out, and however often', async () => {
    const [best] = ENCODERS;
    if (!best) throw new Error('no encoder');
    const path = await made('twice.mp4', ...picture('15'), ...SOUND, ...BFRAMES, '-c:a', 'aac');
    const job = await planned(path, DENOISE, best);
    const hashes = [];
    for (const order of [(all: number[]) => all, (all: number[]) => all.toReversed()]) {
      const at = await scratch();
      const pieces = await encodedChunks(job, at, order);
      const result = await assembled(job, pieces, at);
      hashes.push([await sha(result.path), ...(await Promise.all(pieces.map((piece) => sha(piece.path))))]);
      const boxes = (await topLevelBoxes(result.path)) ?? [];
      expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
    }
    expect(hashes[0]).toEqual(hashes[1]);
  });
});

describe('a chunk is as good at its end as the whole is', () => {
  const small = [
    '-vf',
    'scale=320:180,fps=25',
    '-t',
    '24',
    '-an',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '14',
  ];

  /** How much worse, in decibels, so many pictures before the first joint are. */
  async function lost(path: string, graph: string, samples: FrameMeasures[], pictures: number): Promise<number> {
    const [best] = ENCODERS;
    if (!best) throw new Error('no encoder');
    const job = await planned(path, graph, best, samples);
    const at = await scratch();
    const pieces = await encodedChunks(job, at);
    const joint = pieces[0]?.frames ?? 0;
    const lastly = (qualities: number[]) =>
      qualities.slice(joint - pictures, joint).reduce((sum, each) => sum + each, 0) / pictures;
    const [chunks, all] = [(await assembled(job, pieces, at)).path, await whole(job, path)];
    return lastly(await qualitiesOf(all, path)) - lastly(await qualitiesOf(chunks, path));
  }

  it('in a quiet scene', async () => {
    const path = await made('quiet.mp4', '-stream_loop', '-1', '-i', EXAMPLE, ...small, '-g', '50');
    const samples = Array.from({ length: 13 }, (_, i) => frame({}, 2 * i));
    // Left alone, they are more than one decibel worse.
    expect(await lost(path, '', samples, 12)).toBeLessThan(0.6);
  });

  it('just after a cut, where filters look back beyond it', async () => {
    const cut = [
      '-vf',
      `scale=320:180,fps=25,noise=alls=6:allf=t:all_seed=1,negate=enable='gte(t,10)'`,
      '-force_key_frames',
      '10',
      '-g',
      '500',
    ];
    const path = await made('cut.mp4', '-stream_loop', '-1', '-i', EXAMPLE, ...small, ...cut);
    const samples = Array.from({ length: 13 }, (_, i) => frame(i < 5 ? {} : { luma: [4, 10, 40, 120, 180] }, 2 * i));
    const hardly = 'atadenoise=0a=0.001:0b=0.001:1a=0.001:1b=0.001:2a=0.001:2b=0.001:s=5';
    // Left alone, they are more than three decibels worse.
    expect(await lost(path, hardly, samples, 2)).toBeLessThan(0.6);
  });
});

describe('a joint that does not fit is seen:', () => {
  it('a chunk that is missing, doubled, or of other settings', async () => {
    const path = await made('silent.mp4', ...picture('15'), ...BFRAMES);
    const job = await planned(path, '');
    const at = await scratch();
    const pieces = await encodedChunks(job, at);
    const [first, second, ...others] = pieces;
    if (!first || !second) throw new Error('too few chunks');
    const wrong = { code: 'not_joined', retryable: true };
    await expect(assembled(job, [first, first, second, ...others], at)).rejects.toMatchObject(wrong);
    await expect(assembled(job, [first, { ...second, path: first.path }, ...others], at)).rejects.toMatchObject(wrong);
    await expect(assembled(job, [first, { ...second, parameterSets: '' }, ...others], at)).rejects.toMatchObject(wrong);
    await expect(assembled(job, pieces, at)).resolves.toMatchObject({ durationSeconds: 22 });
  });

  it('a chunk that does not begin where the plan says', async () => {
    const path = await made('moved.mp4', ...picture('15'), ...BFRAMES);
    const job = await planned(path, '');
    const moved = job.timeline.chunks.map((chunk) => ({ ...chunk, seek: chunk.seek === null ? null : chunk.seek + 3 }));
    const wrong = encodedChunks({ ...job, timeline: { ...job.timeline, chunks: moved } }, await scratch());
    await expect(wrong).rejects.toMatchObject({ code: 'chunk_failed', message: expect.stringContaining('late') });
  });
});

it.each([
  ['a transport stream', 'stream.ts', BFRAMES],
  ['one keyframe', 'one.mp4', x264('keyint=infinite:scenecut=0')],
  ['keyframes that refresh gradually', 'gradual.mp4', x264('keyint=50:intra-refresh=1:bframes=0')],
])('is not cut: %s', async (_, name, encoding) => {
  const path = await made(name, ...picture('15'), ...encoding);
  expect(await plannedInChunks(await fileSource(path), '', LOSSLESS)).toBeNull();
});
