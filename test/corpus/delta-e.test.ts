import { expect, it } from 'vitest';
import { ciede2000, deltaE, type Lab } from './delta-e.ts';

/** From table 1 of the paper, chosen where simpler formulas go wrong: blue, hues across 0, large and tiny distances. */
const PAIRS: [Lab, Lab, number][] = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
  [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
];

it.each(PAIRS)('is what the paper says for %j and %j: %d', (one, other, expected) => {
  expect(ciede2000(one, other)).toBeCloseTo(expected, 3);
  expect(ciede2000(other, one)).toBeCloseTo(expected, 3);
});

it('is nothing for the same colour, and about 100 from black to white', () => {
  expect(deltaE([12, 200, 99], [12, 200, 99])).toBe(0);
  expect(deltaE([0, 0, 0], [255, 255, 255])).toBeCloseTo(100, 0);
});
