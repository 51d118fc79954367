import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beep, type Case, type Kitchen, PLAIN, UNTAGGED, X264, yuv } from './case.ts';

const GRAPH = yuv('yuv420p', '170m', 'tv', UNTAGGED);
const AAC = ['-c:a', 'aac', '-b:a', '128k'];
const LONG = [
  '-frames:v',
  '75',
  '-vf',
  GRAPH,
  '-c:v',
  'libx264',
  '-preset',
  'fast',
  '-crf',
  '12',
  '-g',
  '25',
  '-bf',
  '0',
];

const FIRST_SECOND = Array.from({ length: 25 }, (_, i) => i);

export const damage: Case[] = [
  {
    name: 'damaged-middle.mp4',
    about: 'pictures in the middle are overwritten',
    fast: true,
    make: (kitchen, path) =>
      spoil(kitchen, path, [...LONG], (bytes) => {
        // Some of the data of the second of three groups, but not its sizes.
        const start = bytes.indexOf('mdat') + 4 + Math.round((bytes.length - 3000) * 0.45);
        for (let i = 0; i < 1500; i++) bytes[start + i] = (i * 37 + 11) & 0xff;
      }),
    expect: { numbers: null, times: null, colors: null, notes: /damaged/ },
  },
  {
    name: 'damaged-middle.ts',
    about: 'packets of a broadcast are lost',
    make: (kitchen, path) =>
      spoil(kitchen, path, [...LONG], (bytes) => {
        const start = Math.round((bytes.length * 0.5) / 188) * 188;
        bytes.fill(0, start, start + 188 * 6);
      }),
    expect: { numbers: null, times: null, colors: null, notes: /damaged/ },
  },
  {
    name: 'damaged-sound.mp4',
    about: 'sound that breaks off in noise',
    make: async (kitchen, path) => {
      const whole = join(kitchen.folder, 'whole-sound.mp4');
      await kitchen.ffmpeg(...kitchen.chart(), ...beep(3), ...LONG, ...AAC, '-movflags', '+faststart', whole);
      await kitchen.ffmpeg('-i', whole, '-c', 'copy', '-bsf:a', 'noise=amount=200', path);
    },
    expect: { notes: /damaged/, inStep: false },
  },
  {
    name: 'cut-off-header-first.mp4',
    about: 'cut off, header first',
    fast: true,
    make: (kitchen, path) => cutOff(kitchen, path, ['-movflags', '+faststart']),
    refused: { code: 'undecodable', words: /^Only \d\.\d of its 3\.0 seconds could be decoded/ },
  },
  {
    name: 'cut-off-header-last.mp4',
    about: 'cut off, and with it the header',
    fast: true,
    make: (kitchen, path) => cutOff(kitchen, path, []),
    refused: { code: 'unreadable', words: /could not be read as a video/ },
  },
  {
    name: 'cut-off.mkv',
    about: 'a Matroska file, cut off',
    make: (kitchen, path) => cutOff(kitchen, path, []),
    refused: { code: 'undecodable', words: /^Only \d\.\d of its 3\.0 seconds could be decoded/ },
  },
  {
    name: 'cut-off.ts',
    about: 'a broadcast, cut off, as they always are',
    make: (kitchen, path) => cutOff(kitchen, path, []),
    expect: { numbers: null, times: null },
  },
  {
    name: 'nothing-in-it.mp4',
    about: 'all pictures are overwritten with zeroes',
    make: (kitchen, path) =>
      spoil(kitchen, path, [...LONG], (bytes) => {
        const data = bytes.indexOf('mdat');
        bytes.fill(0, data + 4, data - 4 + bytes.readUInt32BE(data - 4));
      }),
    refused: { code: 'undecodable', words: /could be decoded/ },
  },
  {
    name: 'no-video.mp4',
    about: 'text, not a video',
    make: (_, path) => writeFile(path, 'Dear diary,\n'.repeat(1000)),
    refused: { code: 'unreadable', words: /could not be read as a video/ },
  },
  {
    name: 'still.mp4',
    about: 'a picture that calls itself a video',
    fast: true,
    make: ({ chart, ffmpeg }, path) => ffmpeg(...chart(), '-frames:v', '1', '-c:v', 'png', '-f', 'image2', path),
    refused: { code: 'not_a_video', words: /is a picture \(png\), not a video/ },
  },
  {
    name: 'other-format.mp4',
    about: 'a container that is not taken here',
    make: ({ chart, ffmpeg }, path) => ffmpeg(...chart(), ...PLAIN, '-c:v', 'rv20', '-f', 'rm', path),
    refused: { code: 'unreadable', words: /it is in rm, a format that is not taken here/ },
  },
  {
    name: 'empty.mp4',
    about: 'no bytes at all',
    make: (_, path) => writeFile(path, ''),
    refused: { code: 'unreadable', words: /it is empty/ },
  },
  {
    name: 'unknown-codec.mp4',
    about: 'pictures in a form that nobody knows',
    make: (kitchen, path) =>
      spoil(kitchen, path, PLAIN.concat(X264), (bytes) => {
        bytes.write('zzzz', bytes.lastIndexOf('avc1'), 'latin1');
      }),
    refused: { code: 'unreadable', words: /its codec \(zzzz\) is not known here/ },
  },
  {
    name: 'rare-codec.mov',
    about: 'pictures in a form that hardly anybody writes, and that strangers could do harm with',
    fast: true,
    make: (kitchen, path) => kitchen.ffmpeg(...kitchen.chart(), ...PLAIN, '-c:v', 'magicyuv', path),
    refused: { code: 'unreadable', words: /it has a track in magicyuv, a rare format/ },
  },
  {
    name: 'unknown-sound.mov',
    about: 'sound in a form that nobody knows: the pictures come without',
    make: async (kitchen, path) => {
      await kitchen.ffmpeg(...kitchen.chart(), ...beep(), ...PLAIN, ...X264, '-c:a', 'pcm_s16le', path);
      const bytes = await readFile(path);
      bytes.write('zzzz', bytes.lastIndexOf('sowt'), 'latin1');
      await writeFile(path, bytes);
    },
    expect: { sounds: [], dropped: ['audio'] },
  },
  {
    name: 'wrong-name.mp4',
    about: 'a Matroska file that calls itself MP4',
    make: (kitchen, path) => kitchen.ffmpeg(...kitchen.chart(), ...PLAIN, ...X264, '-f', 'matroska', path),
  },
  {
    name: 'size-changes.ts',
    about: 'pictures that become larger in the middle',
    make: async (kitchen, path) => {
      const [small, large] = [join(kitchen.folder, 'small.ts'), join(kitchen.folder, 'large.ts')];
      await kitchen.ffmpeg(...kitchen.chart(), ...PLAIN, ...X264, small);
      const graph = `${GRAPH},scale=640:360`;
      await kitchen.ffmpeg(
        ...kitchen.chart(),
        '-frames:v',
        '25',
        '-vf',
        graph,
        ...X264,
        '-output_ts_offset',
        '1',
        large,
      );
      await writeFile(path, Buffer.concat([await readFile(small), await readFile(large)]));
    },
    // Where one broadcast ends and the next begins, packets are missing.
    expect: { width: 320, height: 180, times: null, notes: /damaged/ },
  },
  {
    name: 'codec-changes.ts',
    about: 'a broadcast whose pictures go on in MPEG-2: what came before is there, and the rest is told',
    fast: true,
    make: (kitchen, path) => goesOnInMpeg2(kitchen, path),
    expect: { numbers: FIRST_SECOND, notes: /goes on in another form \(mpeg2video\)/ },
  },
  {
    name: 'codec-changes-track.ts',
    about: 'the same in a track of its own, while the sound goes on in its',
    make: (kitchen, path) => goesOnInMpeg2(kitchen, path, beep(), ['-streamid', '0:288', '-streamid', '1:257']),
    expect: { numbers: FIRST_SECOND, sounds: [1], notes: /goes on in another form \(mpeg2video\)/ },
  },
];

/** A second of H.264 and another of MPEG-2, with this sound; without these options, each in the track of the other. */
async function goesOnInMpeg2(
  { ffmpeg, chart, folder }: Kitchen,
  path: string,
  sound: string[] = [],
  options: string[] = [],
): Promise<void> {
  const [first, second] = [join(folder, 'h264.ts'), join(folder, 'mpeg2.ts')];
  const common = [...chart(), ...sound, '-vf', GRAPH, '-t', '1', '-c:a', 'mp2'];
  await ffmpeg(...common, ...X264, first);
  await ffmpeg('-ss', '1', ...common, '-c:v', 'mpeg2video', '-q:v', '2', '-output_ts_offset', '1', ...options, second);
  await writeFile(path, Buffer.concat([await readFile(first), await readFile(second)]));
}

async function spoil(kitchen: Kitchen, path: string, args: string[], damage: (bytes: Buffer) => void): Promise<void> {
  await kitchen.ffmpeg(...kitchen.chart(), ...args, path);
  const bytes = await readFile(path);
  damage(bytes);
  await writeFile(path, bytes);
}

async function cutOff(kitchen: Kitchen, path: string, args: string[]): Promise<void> {
  await kitchen.ffmpeg(...kitchen.chart(), ...beep(3), ...LONG, ...AAC, ...args, path);
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, Math.round(bytes.length * 0.5)));
}
