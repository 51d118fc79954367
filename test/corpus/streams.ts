import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beep, type Case, type Kitchen, PLAIN, X264 } from './case.ts';

const AAC = ['-c:a', 'aac', '-b:a', '128k'];
const SOUND_ONLY = { code: 'not_a_video', words: /holds no video, only audio/ };

const surround = (
  name: string,
  about: string,
  channels: number,
  codec: string[],
  becomes: number,
  more: Partial<Case> = {},
): Case => ({
  name,
  about,
  make: ({ chart }) => [...chart(), ...beep(1, channels), ...PLAIN, ...X264, ...codec],
  expect: { sounds: [becomes] },
  ...more,
});

const SUBTITLES = '1\n00:00:00,200 --> 00:00:00,600\nHello\n\n2\n00:00:00,700 --> 00:00:00,900\n<i>there</i>\n';

export const streams: Case[] = [
  {
    name: 'silent.mp4',
    about: 'no sound',
    fast: true,
    make: ({ chart }) => [...chart(), ...PLAIN, ...X264],
    expect: { sounds: [] },
  },
  {
    name: 'muted.mkv',
    about: 'a track of sound with nothing in it, as recorders leave that were muted',
    fast: true,
    make: ({ chart }) => [...chart(), ...beep(), ...PLAIN, ...X264, ...AAC, '-bsf:a', 'noise=drop=1'],
    expect: { sounds: [], inStep: false, notes: /sound track of this video is empty/ },
  },
  {
    name: 'muted-one-of-two.mp4',
    about: 'two sounds, the first with nothing in it',
    make: ({ chart }) => [
      ...[...chart(), ...beep(), ...beep(), '-map', '0', '-map', '1', '-map', '2', ...PLAIN, ...X264, ...AAC],
      ...['-bsf:a:0', 'noise=drop=1', '-movflags', '+frag_keyframe'],
    ],
    expect: { sounds: [1], inStep: false, notes: /sound track of this video is empty/ },
  },
  {
    name: 'sound-only.m4a',
    about: 'sound only',
    fast: true,
    make: () => [...beep(), ...AAC],
    refused: SOUND_ONLY,
  },
  {
    name: 'sound-with-cover.m4a',
    about: 'sound with a cover, which looks like a video stream',
    make: ({ chart }) => [
      ...[...beep(), ...chart(), '-map', '0', '-map', '1', ...AAC],
      ...['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-frames:v', '1', '-disposition:v:0', 'attached_pic'],
    ],
    refused: SOUND_ONLY,
  },
  {
    name: 'with-cover.mp4',
    about: 'a cover beside the video',
    make: ({ chart }) => [
      ...[
        ...chart(),
        ...beep(),
        ...chart('1'),
        '-map',
        '0',
        '-map',
        '1',
        '-map',
        '2:v',
        ...X264,
        '-vf:0',
        PLAIN[1] ?? '',
      ],
      ...['-c:v:1', 'mjpeg', '-pix_fmt:v:1', 'yuvj420p', '-frames:v:0', '25', '-frames:v:1', '1'],
      ...['-disposition:v:1', 'attached_pic', ...AAC],
    ],
    expect: { dropped: ['picture'], absent: ['mjpeg'] },
  },
  {
    name: 'languages.mkv',
    about: 'three sounds in their languages, of which the second plays by itself',
    fast: true,
    make: ({ chart }) => [
      ...[...chart(), ...beep(), ...beep(1, 2), ...beep()],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', ...PLAIN, ...X264, ...AAC],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:0', 'title=Commentary'],
      ...['-metadata:s:a:1', 'language=deu', '-metadata:s:a:2', 'language=fra'],
      ...['-disposition:a:0', '0', '-disposition:a:1', 'default', '-disposition:a:2', '0'],
    ],
    expect: { sounds: [1, 2, 1], languages: ['eng', 'deu', 'fra'], defaultSound: 1 },
  },
  surround('stereo.mp4', 'stereo', 2, AAC, 2),
  surround('three.mkv', 'three channels', 3, ['-c:a', 'flac', '-channel_layout', '3.0'], 6),
  surround('quad.mkv', 'four channels', 4, ['-c:a', 'flac'], 6),
  surround('five.mkv', 'five channels', 5, ['-c:a', 'flac'], 6),
  surround('surround.mp4', '5.1', 6, AAC, 6, { fast: true }),
  surround(
    'surround-side.mkv',
    '5.1 with its loudspeakers at the sides',
    6,
    ['-af', 'channelmap=channel_layout=5.1(side)', '-c:a', 'ac3'],
    6,
  ),
  surround('seven.mkv', '7.1', 8, ['-c:a', 'flac'], 6),
  surround('sixteen.mov', 'sixteen channels that are no loudspeakers', 16, ['-c:a', 'pcm_s16le'], 2),
  surround('telephone.3gp', 'sound at 8 kHz', 1, ['-ar', '8000', '-c:a', 'aac'], 1),
  surround('studio.mov', '24-bit sound at 192 kHz', 2, ['-ar', '192000', '-c:a', 'pcm_s24le'], 2),
  {
    name: 'subtitles.mkv',
    about: 'subtitles in text',
    fast: true,
    make: async (kitchen, path) => {
      const text = await subtitlesIn(kitchen);
      const maps = ['-map', '0', '-map', '1', '-map', '2', '-c:s', 'srt', '-metadata:s:s:0', 'language=eng'];
      await kitchen.ffmpeg(...kitchen.chart(), ...beep(), '-i', text, ...maps, ...PLAIN, ...X264, ...AAC, path);
    },
    expect: { subtitles: 1 },
  },
  {
    name: 'subtitles-styled.mkv',
    about: 'subtitles with styles (ASS) and in an MP4’s own form would be',
    make: async (kitchen, path) => {
      const text = await subtitlesIn(kitchen);
      await kitchen.ffmpeg(...kitchen.chart(), '-i', text, '-c:s', 'ass', ...PLAIN, ...X264, path);
    },
    expect: { subtitles: 1 },
  },
  {
    name: 'subtitles.mp4',
    about: 'two subtitles of an MP4',
    make: async (kitchen, path) => {
      const text = await subtitlesIn(kitchen);
      const maps = ['-map', '0', '-map', '1', '-map', '2', '-c:s', 'mov_text'];
      await kitchen.ffmpeg(...kitchen.chart(), '-i', text, '-i', text, ...maps, ...PLAIN, ...X264, path);
    },
    expect: { subtitles: 2 },
  },
  {
    name: 'subtitles-pictures.mkv',
    about: 'subtitles in pictures, which an MP4 cannot carry',
    make: (kitchen, path) => pictureSubtitles(kitchen, path),
    expect: { subtitles: 0, dropped: ['subtitle'] },
  },
  {
    name: 'chapters.mkv',
    about: 'chapters with names',
    fast: true,
    make: async (kitchen, path) => {
      const list = join(kitchen.folder, 'chapters.txt');
      const chapter = (start: number, end: number, title: string) =>
        `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=${title}\n`;
      await writeFile(list, `;FFMETADATA1\ntitle=Garden\n${chapter(0, 400, 'Gate')}${chapter(400, 1000, 'Pond')}`);
      await kitchen.ffmpeg(...kitchen.chart(), '-i', list, '-map_metadata', '1', ...PLAIN, ...X264, path);
    },
    expect: { chapters: 2, formatTags: { title: 'Garden' } },
  },
  {
    name: 'located.mov',
    about: 'says where it was filmed, and with which phone',
    fast: true,
    make: ({ chart }) => [
      ...[...chart(), ...PLAIN, ...X264, '-movflags', 'use_metadata_tags'],
      ...['-metadata', 'title=Garden', '-metadata', 'comment=The roses'],
      ...['-metadata', 'com.apple.quicktime.location.ISO6709=+52.5200+013.4050+034.0/'],
      ...['-metadata', 'com.apple.quicktime.make=Apple', '-metadata', 'com.apple.quicktime.model=iPhone 15'],
    ],
    expect: {
      formatTags: { title: 'Garden', comment: 'The roses' },
      absent: ['52.52', 'iPhone', 'Apple'],
      dropped: ['location', 'device'],
    },
  },
  {
    name: 'located.mp4',
    about: 'says where it was filmed, as Android writes it',
    make: ({ chart }) => [
      ...[...chart(), ...PLAIN, ...X264],
      ...['-metadata', 'location=+52.5200+013.4050/', '-metadata', 'location-eng=+52.5200+013.4050/'],
    ],
    expect: { absent: ['52.52'], dropped: ['location'] },
  },
  {
    name: 'gps-track.mp4',
    about: 'a track of where the camera was, as action cameras write it',
    fast: true,
    make: gpsTrack,
    expect: { dropped: ['data'], absent: ['gpmd', 'GoPro'] },
  },
  {
    name: 'timecode.mov',
    about: 'a time code beside the pictures',
    make: ({ chart }) => [...chart(), ...PLAIN, ...X264, '-timecode', '01:02:03:04'],
    expect: { dropped: ['data'], absent: ['tmcd', '01:02:03'] },
  },
  {
    name: 'attachment.mkv',
    about: 'a font that came along',
    make: async (kitchen, path) => {
      const font = join(kitchen.folder, 'font.ttf');
      await writeFile(font, 'not really a font');
      const attach = ['-attach', font, '-metadata:s:t:0', 'mimetype=font/ttf'];
      await kitchen.ffmpeg(...kitchen.chart(), ...PLAIN, ...X264, ...attach, path);
    },
    expect: { dropped: ['attachment'] },
  },
  {
    name: 'two-videos.mkv',
    about: 'two video streams, of which the first counts',
    make: ({ chart }) => [...chart(), ...chart(), '-map', '0', '-map', '1', ...PLAIN, ...X264, '-s:v:1', '64x36'],
    expect: { dropped: ['video'] },
  },
  {
    name: 'two-programs.ts',
    about: 'a broadcast with two programs',
    make: ({ chart }) => [
      ...[...chart(), ...beep(), ...beep(1, 2), '-map', '0', '-map', '1', '-map', '2', ...PLAIN, ...X264, ...AAC],
      ...['-program', 'title=One:st=0:st=1', '-program', 'title=Two:st=2'],
    ],
    expect: { sounds: [1, 2] },
  },
];

async function subtitlesIn({ folder }: Kitchen): Promise<string> {
  const path = join(folder, 'subtitles.srt');
  await writeFile(path, SUBTITLES);
  return path;
}

/** FFmpeg reads GoPro's tracks but does not write them: here, one of subtitles is given their names. */
async function gpsTrack(kitchen: Kitchen, path: string): Promise<void> {
  const text = ['-i', await subtitlesIn(kitchen), '-map', '0', '-map', '1', '-c:s', 'mov_text'];
  await kitchen.ffmpeg(...kitchen.chart(), ...text, ...PLAIN, ...X264, path);
  const bytes = await readFile(path);
  const header = bytes.lastIndexOf('moov');
  const names = { sbtl: 'meta', tx3g: 'gpmd', SubtitleHandler: 'GoPro MET'.padEnd('SubtitleHandler'.length) };
  for (const [is, becomes] of Object.entries(names)) bytes.write(becomes, bytes.indexOf(is, header), 'latin1');
  await writeFile(path, bytes);
}

/** FFmpeg makes no pictures of text, but it encodes pictures that are there: those of an empty DVD track. */
async function pictureSubtitles(kitchen: Kitchen, path: string): Promise<void> {
  const { ffmpeg, chart, folder } = kitchen;
  const idx = join(folder, 'pictures.idx');
  await writeFile(idx, VOBSUB_INDEX);
  await writeFile(join(folder, 'pictures.sub'), vobsub());
  await ffmpeg(...chart(), '-i', idx, '-map', '0', '-map', '1', '-c:s', 'copy', ...PLAIN, ...X264, path);
}

const VOBSUB_INDEX = [
  '# VobSub index file, v7 (do not modify this line!)',
  'size: 320x180',
  'palette: 000000, ffffff, 808080, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000',
  'id: en, index: 0',
  'timestamp: 00:00:00:200, filepos: 000000000',
  '',
].join('\n');

/** One pack of an MPEG program stream with a subtitle of 2 by 2 pixels. */
function vobsub(): Buffer {
  const control = [
    0x00, 0x00, 0x00, 0x08, 0x01, 0x03, 0x32, 0x10, 0x04, 0xff, 0xff, 0x05, 0, 0, 1, 0, 0, 1, 0x06, 0, 4, 0, 6, 0xff,
  ];
  const picture = [0x00, 0x05, 0x00, 0x05];
  const unit = [0, 4 + picture.length + control.length, 0, 4 + picture.length, ...picture, ...control];
  const payload = [0x81, 0x80, 0x05, 0x21, 0x00, 0x01, 0x8c, 0xa1, 0x20, ...unit];
  const pes = [0, 0, 1, 0xbd, (payload.length >> 8) & 0xff, payload.length & 0xff, ...payload];
  const pack = [0, 0, 1, 0xba, 0x44, 0, 0x04, 0, 0x04, 0x01, 0x01, 0x89, 0xc3, 0xf8];
  return Buffer.concat([Buffer.from([...pack, ...pes]), Buffer.alloc(2048 - pack.length - pes.length, 0xff)]);
}
