import { beep, type Case, PLAIN, X264 } from './case.ts';

const AAC = ['-c:a', 'aac', '-b:a', '128k'];

const container = (name: string, about: string, args: string[], more: Partial<Case> = {}): Case => ({
  name,
  about,
  make: ({ chart }) => [...chart(), ...beep(), ...PLAIN, ...args],
  ...more,
});

export const containers: Case[] = [
  container('plain.mp4', 'MP4', [...X264, ...AAC], { fast: true }),
  container('fragmented.mp4', 'MP4 in fragments', [...X264, ...AAC, '-movflags', 'frag_keyframe+empty_moov']),
  container('plain.mov', 'QuickTime', [...X264, '-c:a', 'pcm_s16le']),
  container('plain.mkv', 'Matroska', [...X264, '-c:a', 'flac']),
  container(
    'plain.webm',
    'WebM',
    ['-c:v', 'libvpx', '-deadline', 'realtime', '-crf', '6', '-b:v', '4M', '-c:a', 'libopus'],
    { needs: ['libvpx', 'libopus'], fast: true },
  ),
  container(
    'live.webm',
    'WebM as a browser records it, without a length',
    ['-c:v', 'libvpx', '-deadline', 'realtime', '-crf', '6', '-b:v', '4M', '-c:a', 'libopus', '-live', '1'],
    { needs: ['libvpx', 'libopus'] },
  ),
  container('plain.avi', 'AVI', ['-c:v', 'mpeg4', '-q:v', '2', '-c:a', 'ac3'], { fast: true }),
  container('plain.ts', 'MPEG transport stream', [...X264, ...AAC], { fast: true }),
  container('plain.mpg', 'MPEG program stream', ['-c:v', 'mpeg2video', '-q:v', '2', '-c:a', 'mp2']),
  container('plain.flv', 'Flash video', [...X264, ...AAC]),
  container('plain.3gp', '3GPP, as old phones wrote it', ['-s', '176x144', '-c:v', 'h263', '-q:v', '2', ...AAC], {
    expect: { width: 176, height: 144, sampleAspect: '12:11', numbers: null, corners: null, colors: null },
  }),
  {
    name: 'plain.gif',
    about: 'GIF, which repeats for ever: once is enough',
    fast: true,
    make: ({ chart }) => [
      ...chart(),
      '-frames:v',
      '25',
      '-vf',
      'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none',
    ],
    expect: { frames: 25, colors: { mean: 3, most: 8 } },
  },
  {
    name: 'plain.apng',
    about: 'a PNG that moves, without a length',
    make: ({ chart }) => [...chart(), '-frames:v', '25', '-f', 'apng'],
    expect: { frames: 25 },
  },
  container('plain.ogv', 'Ogg', ['-c:v', 'libtheora', '-q:v', '9', '-c:a', 'libvorbis'], {
    needs: ['libtheora', 'libvorbis'],
  }),
  container('plain.wmv', 'Windows Media', ['-c:v', 'wmv2', '-q:v', '2', '-c:a', 'wmav2']),
  container('plain.mxf', 'MXF, as cameras for broadcasting write it', [
    '-c:v',
    'mpeg2video',
    '-q:v',
    '2',
    '-c:a',
    'pcm_s16le',
    '-ar',
    '48000',
  ]),
  container('plain.nut', 'NUT', [...X264, ...AAC]),
  { name: 'plain.h264', about: 'bare H.264, without times', make: ({ chart }) => [...chart(), ...PLAIN, ...X264] },
  {
    name: 'plain.ivf',
    about: 'bare VP8',
    needs: ['libvpx'],
    make: ({ chart }) => [...chart(), ...PLAIN, '-c:v', 'libvpx', '-deadline', 'realtime', '-crf', '6', '-b:v', '4M'],
  },
];
