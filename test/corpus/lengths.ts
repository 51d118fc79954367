import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, type Kitchen, UNTAGGED, X264, yuv } from './case.ts';

const GRAPH = yuv('yuv420p', '170m', 'tv', UNTAGGED);
/** A second of pictures that are decoded in the order in which they are shown: the last packet is the last picture. */
const SECOND = ['-frames:v', '25', '-vf', GRAPH, ...X264, '-bf', '0'];

/** How long things last: pictures that stand, clocks that begin late or jump, and what goes on when the pictures have ended. */
export const lengths: Case[] = [
  {
    name: 'slow.mp4',
    about: 'a picture a second, as slides and time lapses have it, and silent',
    fast: true,
    make: ({ chart }) => [...chart('1'), '-frames:v', '4', '-vf', GRAPH, '-c:v', 'libx264', '-crf', '12'],
    expect: { frames: 4, lasts: 4 },
  },
  {
    name: 'slower.mkv',
    about: 'a picture every ten seconds',
    make: ({ chart }) => [...chart('1/10'), '-frames:v', '3', '-vf', GRAPH, ...X264],
    expect: { frames: 3, lasts: 30 },
  },
  {
    name: 'held.mp4',
    about: 'a last picture that stands for four seconds, as recorded screens have it',
    fast: true,
    make: (kitchen, path) => held(kitchen, path),
    expect: { frames: 25, lasts: 4.96 },
  },
  {
    name: 'held.mkv',
    about: 'the same copied into Matroska, which tells it by its length only',
    make: async (kitchen, path) => {
      const source = join(kitchen.folder, 'held-before.mp4');
      await held(kitchen, source);
      await kitchen.ffmpeg('-i', source, '-c', 'copy', path);
    },
    expect: { frames: 25, lasts: 4.96 },
  },
  {
    name: 'held.gif',
    about: 'an animation whose last picture stands for three seconds',
    make: ({ chart }) => [
      ...[...chart('10'), '-frames:v', '10', '-vf'],
      ...['split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none', '-final_delay', '300'],
    ],
    expect: { frames: 10, lasts: 3.9, colors: { mean: 3, most: 8 } },
  },
  {
    name: 'clock-late.mkv',
    about: 'a clock that begins after 26 hours',
    make: ({ chart }) => [...chart(), ...SECOND, '-output_ts_offset', '93600'],
    expect: { lasts: 1 },
  },
  {
    name: 'clock-jumps.ts',
    about: 'two broadcasts one after the other, an hour apart by their clocks',
    fast: true,
    make: async (kitchen, path) => {
      const [first, second] = [join(kitchen.folder, 'first.ts'), join(kitchen.folder, 'second.ts')];
      await kitchen.ffmpeg(...kitchen.chart(), ...SECOND, first);
      await kitchen.ffmpeg('-ss', '1', ...kitchen.chart(), ...SECOND, '-output_ts_offset', '3600', second);
      await writeFile(path, Buffer.concat([await readFile(first), await readFile(second)]));
    },
    expect: { frames: 50, times: null, lasts: 2, notes: /damaged/ },
  },
  {
    name: 'gap.ts',
    about: 'a broadcast that was lost for half a minute',
    make: ({ chart }) => [...chart(), ...GAP, '-c:v', 'libx264', '-crf', '1', '-g', '1'],
    expect: { frames: 25, times: null, lasts: 1, notes: /clock of this video jumps/ },
  },
  {
    name: 'chapters-long.mkv',
    about: 'a chapter that ends long after the pictures',
    make: async (kitchen, path) => {
      const chapters = join(kitchen.folder, 'chapters.txt');
      await writeFile(chapters, ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=9000\ntitle=All of it\n');
      await kitchen.ffmpeg(...kitchen.chart(), '-i', chapters, '-map_chapters', '1', ...SECOND, path);
    },
    expect: { chapters: 1 },
  },
  {
    name: 'subtitle-late.mkv',
    about: 'a subtitle that stays long after the pictures',
    make: async (kitchen, path) => {
      const text = join(kitchen.folder, 'late.srt');
      await writeFile(text, '1\n00:00:00,200 --> 00:00:09,000\nStill here\n');
      await kitchen.ffmpeg(...kitchen.chart(), '-i', text, '-map', '0', '-map', '1', '-c:s', 'srt', ...SECOND, path);
    },
    expect: { subtitles: 1 },
  },
  {
    name: 'thin.mkv',
    about: 'pictures that are one pixel wide',
    make: () => [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=4x100:duration=1,format=yuv444p,crop=1:100:0:0:exact=1',
      '-c:v',
      'ffv1',
    ],
    refused: { code: 'unreadable', words: /its pictures are 1 × 100/ },
  },
  {
    name: 'wide.mkv',
    about: 'pictures that are wider than H.264 can have them',
    make: () => ['-f', 'lavfi', '-i', 'color=size=16400x16:duration=0.2', '-pix_fmt', 'yuv420p', '-c:v', 'ffv1'],
    refused: { code: 'too_large', words: /are 16400 × 16: sides of up to 16384/ },
  },
];

/** Twelve pictures, and the others thirty seconds later. */
const GAP = ['-frames:v', '25', '-vf', `${GRAPH},setpts='PTS+gte(N,12)*30/TB'`, '-fps_mode', 'vfr', '-bf', '0'];

async function held({ ffmpeg, chart, folder }: Kitchen, path: string): Promise<void> {
  const even = join(folder, 'even.mp4');
  await ffmpeg(...chart(), ...SECOND, '-video_track_timescale', '12800', even);
  const last = "setts=pts=PTS:dts=DTS:duration='if(eq(N,24),4*12800,DURATION)'";
  await ffmpeg('-i', even, '-c', 'copy', '-bsf:v', last, path);
}
