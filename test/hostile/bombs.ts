import { constants, crc32, deflateSync } from 'node:zlib';
import type { SourceLimits } from '../../core/source-limits.ts';
import { box, SAMPLES, withBox, withElement, words } from './boxes.ts';
import { ingredient, made, PICTURES, SOUND, withMetadata, X264 } from './kitchen.ts';

/** A small file that means to cost much. */
export interface Bomb {
  about: string;
  make(): Promise<Buffer>;
  /** What becomes of it: `completed`, or the code of the refusal; of its metadata, where that is something else. */
  becomes: string;
  metadata?: string;
  /** Settings of the worker's environment, tighter than usual so that it is seen sooner that they hold. */
  env?: Record<string, string>;
}

/** Tight, for the same reason. */
export const LIMITS: SourceLimits = { seconds: 30, pixels: 1_000_000, frameRate: 120 };

const video = (...args: string[]) => made(...PICTURES, ...X264, ...args);
const tall = (size: string) => ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=0.04`];

export const bombs: Bomb[] = [
  {
    about: 'a picture that unpacks to 256 megapixels',
    make: () => inOneFrame(png(16_384, 16_384)),
    becomes: 'undecodable',
  },
  {
    about: 'pictures of 65500 × 65500, says each of them',
    make: async () => {
      const file = await made(...PICTURES, '-c:v', 'mjpeg', 'bomb.avi');
      const startOfFrame = Buffer.from('ffc0', 'hex');
      for (let at = file.indexOf(startOfFrame); at >= 0; at = file.indexOf(startOfFrame, at + 2)) {
        file.writeUInt16BE(65_500, at + 5);
        file.writeUInt16BE(65_500, at + 7);
      }
      return file;
    },
    becomes: 'undecodable',
  },
  { about: 'a canvas of 5900 × 5900', make: () => gifOn(5900), becomes: 'too_large' },
  { about: 'a canvas as large as can be said', make: () => gifOn(65_535), becomes: 'unreadable' },
  {
    about: 'a remark in a picture that unpacks to 300 MiB',
    make: () => inOneFrame(png(64, 64, [remark(300)])),
    becomes: 'completed',
    env: { FFMPEG_MEMORY_MIB: '256' },
  },
  {
    about: 'a cover whose remark unpacks to 300 MiB',
    make: async () =>
      made(
        ...PICTURES,
        ...['-i', await ingredient('cover.png', png(64, 64, [remark(300)]))],
        ...['-map', '0', '-map', '1', '-c:v:0', 'libx264', '-c:v:1', 'copy', '-disposition:v:1', 'attached_pic'],
        'bomb.mp4',
      ),
    becomes: 'completed',
    env: { FFMPEG_MEMORY_MIB: '256' },
  },
  {
    about: 'a month, says the header',
    make: () => made(...PICTURES, '-vf', 'setpts=N*100000/TB', '-fps_mode', 'vfr', ...X264, 'bomb.mkv'),
    becomes: 'too_long',
  },
  {
    about: 'thirty million years, says the header, of which there is a second',
    make: async () => withElement(await video('bomb.mkv'), '4489', (data) => data.writeDoubleBE(1e18, 0)),
    // Each stream says how long it is, too.
    becomes: 'completed',
  },
  {
    about: 'a second that is shown ten thousand times, which no header counts',
    make: async () => {
      const again = words(1000, 0, 0x10000);
      return withBox(await video('bomb.mp4'), ['moov', 'trak', 'edts', 'elst'], () =>
        Buffer.concat([words(0, 10_000), ...Array.from({ length: 10_000 }, () => again)]),
      );
    },
    becomes: 'too_long',
    // It looks at the header and one picture, and there is nothing wrong with these.
    metadata: 'completed',
  },
  {
    about: 'a gap in the sound that would take a quarter of an hour of silence',
    make: () =>
      made(...PICTURES, ...SOUND, '-af', "asetpts='if(gt(N,10),PTS+1000/TB,PTS)'", ...X264, '-c:a', 'aac', 'bomb.mkv'),
    becomes: 'too_long',
    metadata: 'completed',
  },
  {
    about: 'a million pictures a second',
    make: () =>
      made(
        ...['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=1000000:duration=0.00005', ...X264],
        ...['-video_track_timescale', '1000000', 'bomb.mp4'],
      ),
    becomes: 'too_fast',
  },
  {
    about: 'an index of 150 million pictures in twelve bytes',
    make: async () => {
      const sized = withBox(await video('bomb.mp4'), [...SAMPLES, 'stsz'], () => words(0, 1, 150_000_000));
      return withBox(sized, [...SAMPLES, 'stts'], () => words(0, 1, 150_000_000, 1));
    },
    becomes: 'too_fast',
  },
  {
    about: 'boxes in boxes in boxes',
    make: async () => {
      let inner: Buffer = Buffer.alloc(0);
      for (let depth = 0; depth < 2000; depth++) inner = box(depth % 2 ? 'trak' : 'moov', inner);
      const file = await video('bomb.mp4');
      return Buffer.concat([file.subarray(0, file.readUInt32BE(0)), inner]);
    },
    becomes: 'unreadable',
  },
  {
    about: 'more sounds than anybody can hear',
    make: () =>
      made(
        ...[...PICTURES, ...SOUND, '-map', '0', ...Array.from({ length: 40 }, () => ['-map', '1']).flat()],
        ...[...X264, '-c:a', 'pcm_s16le', 'bomb.mkv'],
      ),
    becomes: 'completed',
  },
  {
    about: 'titles longer than a command line',
    make: async () => {
      const titles = await withMetadata({ title: 'x'.repeat(300_000) }, { language: 'y'.repeat(300_000) });
      return made(
        ...[...PICTURES, ...SOUND, '-i', titles, '-map', '0', '-map', '1', '-map_metadata', '2'],
        ...['-map_metadata:s:a', '2:s:0', ...X264, '-c:a', 'aac', 'bomb.mkv'],
      );
    },
    becomes: 'completed',
  },
  {
    about: 'work that takes longer than one video may take',
    make: () => video('bomb.mp4'),
    becomes: 'too_costly',
    metadata: 'completed',
    env: { MAX_WORK_SECONDS: '0.01' },
  },
  {
    about: 'a result that is larger than a file may be',
    make: () => made(...tall('640x480').slice(0, 3), NOISE, ...X264, '-crf', '45', 'bomb.mp4'),
    becomes: 'too_costly',
    metadata: 'completed',
    env: { FFMPEG_FILE_MIB: '0.01' },
  },
];

const NOISE = 'testsrc2=size=640x480:rate=25:duration=1,noise=alls=100:allf=t';

async function gifOn(side: number): Promise<Buffer> {
  const file = await made(...PICTURES, 'bomb.gif');
  file.writeUInt16LE(side, 6);
  file.writeUInt16LE(side, 8);
  return file;
}

/** The picture as the only frame of a film whose header knows nothing of it. */
async function inOneFrame(picture: Buffer): Promise<Buffer> {
  const film = await made(...tall('64x64'), '-c:v', 'png', 'bomb.mov');
  const data = film.indexOf('mdat') - 4;
  const rest = film.subarray(data + film.readUInt32BE(data));
  const packed = Buffer.concat([film.subarray(0, data), box('mdat', picture), rest]);
  return withBox(packed, [...SAMPLES, 'stsz'], () => words(0, picture.length, 1));
}

/** Black, of a byte a pixel. https://www.w3.org/TR/png-3/ */
function png(width: number, height: number, chunks: Buffer[] = []): Buffer {
  const header = Buffer.concat([words(width, height), Buffer.of(8, 0, 0, 0, 0)]);
  const rows = zeroes(Math.ceil(((width + 1) * height) / 1024 ** 2));
  const all = [pngChunk('IHDR', header), ...chunks, pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...all]);
}

function remark(mebibytes: number): Buffer {
  return pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), zeroes(mebibytes)]));
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([words(data.length), body, words(crc32(body))]);
}

/** So many MiB of zeroes, packed a thousand to one, by packing one of them. */
function zeroes(mebibytes: number): Buffer {
  const one = deflateSync(Buffer.alloc(1024 ** 2), { finishFlush: constants.Z_FULL_FLUSH });
  const end = Buffer.from('010000ffff', 'hex');
  return Buffer.concat([one.subarray(0, 2), ...Array.from({ length: mebibytes }, () => one.subarray(2)), end]);
}
