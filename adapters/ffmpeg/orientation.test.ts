import { expect, it } from 'vitest';
import { orientationOf } from './orientation.ts';

/** As ffprobe prints it: 16.16 fixed point, an address before each row. */
function matrix([a, b, c, d]: readonly [number, number, number, number]) {
  const row = (n: number, ...values: number[]) =>
    `0000000${n}: ${values.map((value) => String(value).padStart(11)).join(' ')}`;
  const rows = [row(0, a * 65536, b * 65536, 0), row(1, c * 65536, d * 65536, 0), row(2, 0, 0, 1073741824)];
  return [{ side_data_type: 'Display Matrix', displaymatrix: `\n${rows.join('\n')}\n` }];
}

it.each([
  [[1, 0, 0, 1], 0, false],
  [[0, 1, -1, 0], 90, false],
  [[-1, 0, 0, -1], 180, false],
  [[0, -1, 1, 0], 270, false],
  [[-1, 0, 0, 1], 0, true],
  [[1, 0, 0, -1], 180, true],
  [[0, 1, 1, 0], 270, true],
  [[0, -1, -1, 0], 90, true],
] as const)('reads %j as turned by %i, mirrored: %s', (rows, rotation, mirrored) => {
  expect(orientationOf(matrix(rows))).toEqual({ rotation, mirrored });
});

it('takes what lies between for the nearest quarter', () => {
  const [cos, sin] = [Math.cos(1.4), Math.sin(1.4)];
  expect(orientationOf(matrix([cos, sin, -sin, cos]))).toEqual({ rotation: 90, mirrored: false });
});

it('stands upright where nothing is said, or nothing that can be read', () => {
  const upright = { rotation: 0, mirrored: false };
  expect(orientationOf([])).toEqual(upright);
  expect(orientationOf([{ side_data_type: 'CPB properties' }])).toEqual(upright);
  expect(orientationOf([{ displaymatrix: 'nonsense' }])).toEqual(upright);
});
