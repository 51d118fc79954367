import { expect, it } from 'vitest';
import { lightOf } from './light.ts';

const POINTS = {
  ...{ red_x: '34000/50000', red_y: '16000/50000', green_x: '13250/50000', green_y: '34500/50000' },
  ...{ blue_x: '7500/50000', blue_y: '3000/50000', white_point_x: '15635/50000', white_point_y: '16450/50000' },
};

it('reads what is said of the light, wherever it stands', () => {
  const display = { ...POINTS, min_luminance: '0/10000', max_luminance: '10000000/10000' };
  expect(lightOf([{}, { max_content: 1000, max_average: 400 }, display])).toEqual({
    content: { most: 1000, average: 400 },
    display: {
      ...{ red: { x: 0.68, y: 0.32 }, green: { x: 0.265, y: 0.69 }, blue: { x: 0.15, y: 0.06 } },
      ...{ white: { x: 0.3127, y: 0.329 }, darkest: 0, brightest: 1000 },
    },
  });
});

it('says nothing where nothing, half of it or nonsense is said', () => {
  expect(lightOf([])).toBeUndefined();
  expect(lightOf([{ max_content: 0, max_average: 0 }])).toBeUndefined();
  expect(lightOf([POINTS])).toBeUndefined();
  const luminance = { min_luminance: '1/10000', max_luminance: '10000000/10000' };
  expect(lightOf([{ ...POINTS, ...luminance, red_x: '34000/0' }])).toBeUndefined();
  expect(lightOf([{ ...POINTS, ...luminance, red_x: '60000/50000' }])).toBeUndefined();
});
