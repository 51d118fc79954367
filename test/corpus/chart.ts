import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * The picture that most of the corpus shows: patches of known colours, a corner of its own colour at each end, so that
 * one sees which way up it is, its own number in black and white, so that no frame can be taken for another, and
 * something that moves. Drawn here and not by FFmpeg, so that nothing is judged by itself.
 */

export const WIDTH = 320;
export const HEIGHT = 180;
/** As many numbers as there are bits for. */
const FRAMES = 256;

export type Rgb = readonly [number, number, number];

/** Grey steps, bars at three quarters, and the skin, sky, foliage and orange of the usual colour chart. */
const PATCHES: readonly Rgb[] = [
  ...([
    [255, 255, 255],
    [191, 191, 191],
    [128, 128, 128],
    [64, 64, 64],
  ] as const),
  ...([
    [0, 0, 0],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
  ] as const),
  ...([
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
    [214, 126, 44],
  ] as const),
  ...([
    [115, 82, 68],
    [194, 150, 130],
    [98, 122, 157],
    [87, 108, 67],
  ] as const),
];

export interface Spot {
  x: number;
  y: number;
  color: Rgb;
}

/** The middle of each patch. */
export const SPOTS: readonly Spot[] = PATCHES.map((color, i) => ({
  x: 40 + (i % 4) * 60 + 30,
  y: 26 + Math.floor(i / 4) * 24 + 12,
  color,
}));

/** The middle of each corner: red, green, yellow, blue, clockwise from the top left. */
export const CORNERS: readonly Spot[] = [
  { x: 14, y: 10, color: [200, 30, 30] },
  { x: WIDTH - 14, y: 10, color: [30, 160, 30] },
  { x: WIDTH - 14, y: HEIGHT - 10, color: [200, 200, 30] },
  { x: 14, y: HEIGHT - 10, color: [40, 40, 200] },
];

/** The middles of the eight bits, the highest first. */
export const BITS: readonly { x: number; y: number }[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => ({
  x: bit * 40 + 20,
  y: 138,
}));

/** One frame, packed RGB. */
export function chartFrame(number: number): Uint8Array {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3).fill(128);
  const box = (left: number, top: number, width: number, height: number, color: Rgb) => {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) rgb.set(color, (y * WIDTH + x) * 3);
    }
  };
  for (const { x, y, color } of SPOTS) box(x - 30, y - 12, 60, 24, color);
  for (const { x, y, color } of CORNERS) box(x - 14, y - 10, 28, 20, color);
  for (const [bit, { x }] of BITS.entries()) {
    const on = (number >> (7 - bit)) & 1;
    box(x - 20, 126, 40, 24, on ? [235, 235, 235] : [16, 16, 16]);
  }
  box(40 + ((number * 8) % 232), 154, 8, 22, [235, 235, 235]);
  return rgb;
}

/** Writes all frames as raw RGB and answers how FFmpeg reads them, at this rate. */
export async function chartIn(folder: string): Promise<(rate?: string) => string[]> {
  const path = join(folder, 'chart.rgb');
  await writeFile(path, Buffer.concat(Array.from({ length: FRAMES }, (_, number) => chartFrame(number))));
  return (rate = '25') => [
    ...['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', `${WIDTH}x${HEIGHT}`, '-framerate', rate],
    ...['-i', path],
  ];
}
