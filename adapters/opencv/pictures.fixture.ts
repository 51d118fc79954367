import type { SampledFrame } from '../../core/ports/index.ts';

/** A picture from a function of the place: blue, green, red. */
export function picture(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number, number],
): SampledFrame {
  const bgr = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) bgr.set(at(x, y), (y * width + x) * 3);
  }
  return { time: 0, width, height, bgr: new Uint8Array(bgr.buffer) };
}

/** The same in all three channels. */
export function grey(width: number, height: number, at: (x: number, y: number) => number): SampledFrame {
  return picture(width, height, (x, y) => {
    const level = at(x, y);
    return [level, level, level];
  });
}

/** Normally distributed with σ = 1, the same each time. */
export function gaussian(seed = 1): () => number {
  let state = seed;
  const uniform = () => {
    // Park and Miller's generator.
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
