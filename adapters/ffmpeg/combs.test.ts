import { describe, expect, it } from 'vitest';
import { combsOf } from './combs.ts';

const [WIDTH, HEIGHT] = [120, 96];

/** Pictures from a function of place and time, whose fields are so many pictures apart. */
function share(at: (x: number, y: number, time: number) => number, apart: number): number {
  const bytes = new Uint8Array(WIDTH * HEIGHT * 8);
  for (let index = 0; index < bytes.length; index++) {
    const [x, y] = [index % WIDTH, Math.floor(index / WIDTH) % HEIGHT];
    bytes[index] = at(x, y, Math.floor(index / WIDTH / HEIGHT) + (y % 2) * apart);
  }
  const { moving, combed } = combsOf({ bytes, width: WIDTH, height: HEIGHT });
  expect(moving).toBeGreaterThan(1000);
  return combed / moving;
}

/** Letters of a sort: strokes of one and two lines, each with its own length. */
const letters = (x: number, y: number) =>
  (x * 7 + ((y / 9) | 0) * 5) % 11 < 4 && [0, 3, 4, 7].includes(y % 9) ? 20 : 235;
const hills = (x: number, y: number) => 128 + 60 * Math.sin(x / 5) + 40 * Math.cos(y / 9);

describe('combs', () => {
  it('are where two fields of something that moves were woven', () => {
    expect(share((x, y, time) => hills(x + 4 * time, y), 0.5)).toBeGreaterThan(0.1);
  });

  it('are not in whole pictures', () => {
    expect(share((x, y, time) => hills(x + 4 * time, y), 0)).toBe(0);
  });

  it.each([1, 3, 10])('are not in letters that scroll by %d lines', (lines) => {
    expect(share((x, y, time) => letters(x, y + lines * time), 0)).toBeLessThan(0.01);
  });
});
