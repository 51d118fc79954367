import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, type Kitchen, PLAIN, X264 } from './case.ts';

/** Rows of display matrices: where the picture's right and its bottom go. */
const MATRICES = {
  'turned-90': [0, 1, -1, 0],
  'turned-180': [-1, 0, 0, -1],
  'turned-270': [0, -1, 1, 0],
  mirrored: [-1, 0, 0, 1],
  flipped: [1, 0, 0, -1],
  'mirrored-turned-90': [0, -1, -1, 0],
  'mirrored-turned-270': [0, 1, 1, 0],
} as const;

/** What of red, green, yellow, blue is then seen at the corners, clockwise from the top left. */
const CORNERS: Record<keyof typeof MATRICES, string> = {
  'turned-90': 'brgy',
  'turned-180': 'ybrg',
  'turned-270': 'gybr',
  mirrored: 'grby',
  flipped: 'bygr',
  'mirrored-turned-90': 'ygrb',
  'mirrored-turned-270': 'rbyg',
};

export const orientation: Case[] = [
  ...Object.entries(MATRICES).map(([name, matrix]): Case => {
    const quarter = name.includes('90') || name.includes('270');
    return {
      name: `${name}.mp4`,
      about: `a display matrix: ${name.replaceAll('-', ' ')}`,
      fast: name === 'turned-90' || name === 'mirrored',
      make: (kitchen, path) => withMatrix(kitchen, path, matrix),
      expect: {
        ...(quarter ? { width: 180, height: 320 } : { width: 320, height: 180 }),
        corners: CORNERS[name as keyof typeof MATRICES],
        numbers: null,
        colors: null,
        absent: ['Display Matrix', 'rotat'],
      },
    };
  }),
  {
    name: 'turned-wide-pixels.mp4',
    about: 'turned by 90 degrees, with pixels twice as wide as high, so that they end twice as high',
    make: (kitchen, path) => withMatrix(kitchen, path, MATRICES['turned-90'], 'setsar=2/1'),
    expect: { width: 180, height: 320, sampleAspect: '1:2', corners: 'brgy', numbers: null, colors: null },
  },
  {
    name: 'turned-interlaced.mp4',
    about: 'interlaced, and turned by 90 degrees',
    make: async (kitchen, path) => {
      const plain = join(kitchen.folder, 'before-turning.mp4');
      const fields = 'tinterlace=interleave_top,setfield=tff,format=yuv420p';
      await kitchen.ffmpeg(
        ...kitchen.chart('50'),
        '-frames:v',
        '25',
        '-vf',
        fields,
        ...X264,
        '-flags',
        '+ildct+ilme',
        plain,
      );
      await setMatrix(plain, path, MATRICES['turned-90']);
    },
    interlacing: { order: 'tff', confidence: 0.95 },
    expect: { width: 180, height: 320, corners: 'brgy', numbers: null, colors: null },
  },
];

async function withMatrix(kitchen: Kitchen, path: string, matrix: readonly number[], filter = 'null'): Promise<void> {
  const plain = join(kitchen.folder, 'before-turning.mp4');
  const [option = '', graph = '', ...rest] = PLAIN;
  await kitchen.ffmpeg(...kitchen.chart(), option, `${graph},${filter}`, ...rest, ...X264, plain);
  await setMatrix(plain, path, matrix);
}

/** Writes it into the track header, as phones do: FFmpeg 5 itself cannot mirror. ISO/IEC 14496-12, 8.3.2 */
async function setMatrix(from: string, to: string, [a = 0, b = 0, c = 0, d = 0]: readonly number[]): Promise<void> {
  await copyFile(from, to);
  const bytes = await readFile(to);
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  for (const [i, value] of [a, b, 0, c, d, 0].entries()) bytes.writeInt32BE(value * 65536, matrix + i * 4);
  await writeFile(to, bytes);
}
