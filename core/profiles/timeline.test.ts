import { expect, it } from 'vitest';
import type { FrameMeasures } from '../measures.ts';
import { inForce, spellsOf } from './timeline.ts';

/** Settings are numbers; those less than 1 apart are as good as the same. */
const repair = {
  distance: (a: number, b: number) => Math.abs(a - b),
  mix: (a: number, b: number, at: number) => a + (b - a) * at,
  none: 0,
};
const seen = (samples: number) => Array.from({ length: samples }, () => ({}) as FrameMeasures);
const scenes = (...begins: ('cut' | 'gradual')[]) =>
  begins.map((begins, i) => ({ begins, start: i * 10, end: i * 10 + 10, measures: seen(4) }));
const filters = (setting: number) => [`filter=${setting}`];

it('needs no times where one setting is in force throughout', () => {
  const spells = spellsOf(scenes('cut', 'cut'), [5, 5.5], repair, 6);
  expect(inForce(spells, filters)).toEqual(['filter=5.25']);
});

it('counts each scene for as much as was seen of it, wherever it begins', () => {
  const [first, second] = [
    { begins: 'cut' as const, measures: seen(3) },
    { begins: 'cut' as const, measures: seen(1) },
  ];
  for (const at of [2, 18]) {
    const both = [
      { ...first, start: 0, end: at },
      { ...second, start: at, end: 20 },
    ];
    expect(inForce(spellsOf(both, [5, 5.8], repair, 6), filters)).toEqual(['filter=5.2']);
  }
});

it('shares a setting between scenes that lie apart', () => {
  const spells = spellsOf(scenes('cut', 'cut', 'cut', 'cut'), [5, null, 5, 9], repair, 6);
  expect(inForce(spells, filters)).toEqual([
    `filter=5:enable='lt(t,9.998)+gte(t,19.998)*lt(t,29.998)'`,
    `filter=9:enable='gte(t,29.998)'`,
  ]);
});

it('leaves no picture without its setting, and gives none two', () => {
  const spells = spellsOf(scenes('cut', 'gradual', 'gradual', 'cut'), [5, 9, null, 5], repair, 6);
  for (let t = 0; t < 40; t += 0.01) {
    const settings = spells.filter(({ when }) => when.some(({ start, end }) => t >= start && t < end));
    expect(settings.length).toBeLessThanOrEqual(1);
    if (t < 20) expect(settings).toHaveLength(1);
  }
});

it('hands over in steps of what nobody sees, around the beginning of a scene', () => {
  const spells = spellsOf(scenes('cut', 'gradual'), [2, 6], repair, 6);
  const steps = spells
    .flatMap(({ setting, when }) => when.map(({ start }) => ({ setting, start })))
    .toSorted((a, b) => a.start - b.start);
  expect(steps.map(({ setting }) => setting)).toEqual([2, 2.8, 3.6, 4.4, 5.2, 6]);
  expect(steps.slice(1).every(({ start }) => start >= 9.5 && start <= 10.5)).toBe(true);
});

it('steps down as it stepped up', () => {
  const spells = spellsOf(scenes('cut', 'gradual', 'gradual'), [2, 4, 2], repair, 6);
  const at = (t: number) =>
    spells.find(({ when }) => when.some(({ start, end }) => t >= start && t < end))?.setting ?? 0;
  expect(at(9.6)).toBeLessThan(at(10.4));
  expect(at(19.6)).toBeGreaterThan(at(20.4));
});

it('has no more settings than are allowed, and no more steps', () => {
  const many = Array.from({ length: 20 }, (_, i) => i * 3);
  const spells = spellsOf(scenes(...many.map(() => 'gradual' as const)), many, repair, 4);
  expect(spells.length).toBeLessThanOrEqual(8);
});
