import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import type { Analysis, Scene } from '../analysis.ts';
import { Finding } from '../report.ts';
import { adaptive } from './adaptive.ts';
import {
  analysis,
  BLOCKY,
  DARK,
  frame,
  type Given,
  NOISY,
  PICTURE,
  SOFT,
  scene,
  TINTED,
  WASHED_OUT,
} from './measures.fixture.ts';

const planOf = (...scenes: Parameters<typeof analysis>) => adaptive.plan(PICTURE, analysis(...scenes));
const graphOf = (given: Given) => planOf(scene(given)).graph;
const verdictOf = (given: Given, subject: Finding['subject']) =>
  planOf(scene(given)).findings.find((finding) => finding.subject === subject)?.verdict;

it('leaves a good video alone, to the bit', () => {
  const { graph, findings } = planOf(scene({}));
  expect(graph).toBe('');
  expect(findings.map(({ verdict }) => verdict)).not.toContain('mended');
});

it.each<[string, Given, Finding['subject'], string]>([
  ['dark', DARK, 'exposure', 'lutyuv'],
  ['washed out', WASHED_OUT, 'contrast', 'lutyuv'],
  ['noisy', NOISY, 'noise', 'nlmeans'],
  ['soft', SOFT, 'sharpness', 'convolution'],
  ['tinted', TINTED, 'colour_cast', 'lutrgb'],
  ['blocky', BLOCKY, 'blocking', 'spp'],
])('mends a %s video, and says so', (_, given, subject, filter) => {
  expect(graphOf(given)).toContain(filter);
  expect(verdictOf(given, subject)).toBe('mended');
});

it('does not make colours stronger that have not faded with the light', () => {
  const chroma = (saturation: number) =>
    Number(/u='clip\(128\.5\+\(val-128\)\*([\d.]+)/.exec(graphOf({ ...DARK, saturation }))?.[1] ?? 1);
  expect(chroma(0.08)).toBeGreaterThan(1.5);
  expect(chroma(0.2)).toBeLessThan(1.45);
  expect(chroma(0.4)).toBe(1);
});

it.each<[string, Given]>([
  ['a night scene: a few lights before much dark', { luma: [0, 1, 8, 90, 150], black: 0.3 }],
  ['a dim room, lit by one lamp', { luma: [2, 4, 12, 60, 170] }],
  ['black-and-white film', { saturation: 0 }],
  ['snow, bright all over', { luma: [120, 160, 215, 240, 250], saturation: 0.03 }],
  ['white fog', { luma: [150, 160, 200, 220, 226], saturation: 0.03 }],
  ['a sunset', { luma: [5, 15, 90, 200, 235], tint: { r: 1.9, b: 0.4 }, saturation: 0.5 }],
  ['a cartoon of flat colours', { fine: 0, coarse: 0, sharpness: 2, saturation: 0.4 }],
  ['a picture that is black', { luma: [0, 0, 0, 1, 3], black: 1 }],
  ['fine texture that looks like noise', { fine: 2.2, coarse: 3, noiseConfidence: 0.3 }],
  ['softness that only a few edges speak for', { sharpness: 0.4, sharpnessConfidence: 0.1 }],
  ['a slight tint, as cameras leave', { luma: [10, 20, 90, 190, 220], tint: { r: 1.07, b: 0.97 } }],
  ['a dark plain colour', { ...DARK, luma: [60, 60, 60, 60, 60], even: 1, sharpness: 0, sharpnessConfidence: 0 }],
  ['shading without an edge', { ...WASHED_OUT, sharpness: 0, sharpnessConfidence: 0 }],
  ['a dark screen, mostly of one colour', { ...DARK, even: 0.8 }],
  ['a slide on cream', { ...TINTED, even: 0.9 }],
  ['a pale drawing with edges that no lens makes', { ...WASHED_OUT, sharpness: 1.8 }],
  ['pixel art', { ...BLOCKY, blockiness: 13, sharpness: 2.1 }],
  ['white letters on black, whose edges look like grain', { ...NOISY, sharpness: 1.7 }],
  ['sepia, all of one tint', { ...TINTED, own: 0.08 }],
  ['a grade: dark parts against bright ones', { ...TINTED, darkTint: { r: 1.3, b: 0.85 } }],
  ['light of a strong colour', { luma: [10, 20, 90, 190, 220], tint: { r: 1.35, b: 0.67 } }],
  ['what is all but black', { luma: [2, 4, 14, 30, 42] }],
])('does no harm to %s', (_, given) => {
  expect(graphOf(given)).toBe('');
});

it('mends what looks like what is meant, if not enough', () => {
  expect(graphOf({ ...DARK, even: 0.7, sharpness: 1.5, sharpnessConfidence: 0.2 })).toContain('lutyuv');
  expect(graphOf({ ...BLOCKY, sharpness: 1.4 })).toContain('spp');
  expect(graphOf({ ...TINTED, own: 0.17, darkTint: { r: 1.15, b: 1.1 } })).toContain('lutrgb');
});

describe('a fade', () => {
  /** A passage of a second, from the one share of what is dark to the other. */
  const passage = (from: number, to: number, start: number, begins: Scene['begins']): Scene => ({
    ...scene({}, start, start + 1, begins),
    measures: [from, to].map((share, i) => {
      const [p01, p05, p50, p95, p99] = DARK.luma ?? [0, 0, 0, 0, 0];
      const luma: Given['luma'] = [share * p01, share * p05, share * p50, share * p95, share * p99];
      return frame({ ...DARK, luma }, start + 0.2 + 0.6 * i);
    }),
  });

  it('that a bright scene grows out of is no damage', () => {
    expect(planOf(passage(0.5, 0.9, 0, 'cut'), scene({}, 1, 10, 'gradual')).graph).toBe('');
    expect(planOf(passage(0.5, 0.9, 0, 'cut'), scene({}, 1, 10, 'cut')).graph).toContain('lutyuv');
  });

  it('that begins with the shot is none, either', () => {
    expect(planOf(scene({}, 0, 4), passage(1, 0.7, 4, 'cut'), passage(0.4, 0.1, 5, 'gradual')).graph).toBe('');
  });

  it('is not what stays as it is for a while', () => {
    expect(planOf(scene({}, 0, 4), passage(1, 0.95, 4, 'gradual'), scene({}, 5, 9, 'gradual')).graph).toContain(
      'lutyuv',
    );
  });

  it('is treated like the shot that it fades from, to its end', () => {
    const { graph, findings } = planOf(scene(DARK, 0, 4), passage(0.8, 0.45, 4, 'gradual'), scene({}, 5, 9));
    expect(graph.match(/lutyuv/g)).toHaveLength(1);
    expect(graph).toContain("enable='lt(t,4.998)'");
    expect(findings.find(({ subject }) => subject === 'exposure')?.found).toMatch(/^In 2 of 3 scenes/);
  });

  it('is not treated like what lies behind a cut', () => {
    const { graph } = planOf(scene(DARK, 0, 4), passage(0.9, 0.6, 4, 'cut'), passage(0.4, 0.1, 5, 'gradual'));
    expect(graph).toContain("enable='lt(t,3.998)'");
  });
});

it('repairs in the order in which damage is undone', () => {
  const graph = graphOf({ ...DARK, ...SOFT, fine: 3, coarse: 1.6, blockiness: 2.8 });
  const places = ['spp', 'atadenoise', 'nlmeans', 'lutyuv', 'convolution'].map((filter) => graph.indexOf(filter));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBe(0);
});

it('goes back from RGB to the matrix it came from', () => {
  expect(graphOf(TINTED)).toContain('out_color_matrix=bt709:out_range=tv');
});

it('treats each scene by itself, and only while it lasts', () => {
  const { graph, findings } = planOf(scene({}, 0, 4), scene(DARK, 4, 8), scene({}, 8, 12));
  expect(graph).toContain(":enable='gte(t,3.998)*lt(t,7.998)'");
  expect(findings.find(({ subject }) => subject === 'exposure')?.found).toMatch(
    /^In 1 of 3 scenes: the picture is dark/,
  );
});

it('counts time from what comes first in the file', () => {
  const { graph } = adaptive.plan({ ...PICTURE, start: 1 }, analysis(scene({}, 0, 4), scene(DARK, 4, 8)));
  expect(graph).toContain(":enable='gte(t,4.998)'");
});

it('never switches the filter that shows wrong pictures while it is off', () => {
  const { graph } = planOf(scene(NOISY, 0, 4), scene({}, 4, 8));
  expect(graph).toContain('nlmeans');
  expect(graph).not.toContain('atadenoise');
});

it('tells of every subject once, in sentences', () => {
  const { findings } = planOf(scene({ ...DARK, ...NOISY }), scene({}, 10, 20));
  expect(new Set(findings.map(({ subject }) => subject)).size).toBe(findings.length);
  for (const finding of findings) {
    expect(Finding.parse(finding)).toEqual(finding);
    expect(finding.found).toMatch(/^[A-Z].*\.$/);
    expect(finding.done).toMatch(/^[A-Z].*\.$/);
  }
});

const level = fc.integer({ min: 0, max: 255 });
const anyGiven: fc.Arbitrary<Given> = fc.record({
  luma: fc
    .tuple(level, level, level, level, level)
    .map((levels) => levels.toSorted((a, b) => a - b) as [number, number, number, number, number]),
  tint: fc.record({ r: fc.double({ min: 0, max: 4, noNaN: true }), b: fc.double({ min: 0, max: 4, noNaN: true }) }),
  saturation: fc.double({ min: 0, max: 1, noNaN: true }),
  black: fc.double({ min: 0, max: 1, noNaN: true }),
  white: fc.double({ min: 0, max: 1, noNaN: true }),
  fine: fc.double({ min: 0, max: 100, noNaN: true }),
  coarse: fc.double({ min: 0, max: 100, noNaN: true }),
  noiseConfidence: fc.double({ min: 0, max: 1, noNaN: true }),
  sharpness: fc.double({ min: 0, max: 5, noNaN: true }),
  even: fc.double({ min: 0, max: 1, noNaN: true }),
  own: fc.double({ min: 0, max: 1, noNaN: true }),
  blockiness: fc.double({ min: 0, max: 20, noNaN: true }),
});
const anyAnalysis: fc.Arbitrary<Analysis> = fc
  .array(fc.tuple(anyGiven, fc.constantFrom('cut' as const, 'gradual' as const)), { minLength: 1, maxLength: 24 })
  .map((given) =>
    analysis(...given.map(([look, begins], i) => scene(look, i * 2, i * 2 + 2, i === 0 ? 'cut' : begins))),
  );

it('keeps its strength within bounds, whatever is measured', () => {
  fc.assert(
    fc.property(anyAnalysis, (any) => {
      const { graph, findings } = adaptive.plan(PICTURE, any);
      expect(graph.split(/,(?=[a-z]+=)/).length).toBeLessThanOrEqual(60);
      expect(graph).not.toMatch(/NaN|Infinity|undefined/);
      for (const [, amount] of graph.matchAll(/la=([\d.]+)/g)) expect(Number(amount)).toBeLessThanOrEqual(2);
      for (const [, strength] of graph.matchAll(/nlmeans=s=([\d.]+)/g)) expect(Number(strength)).toBeLessThanOrEqual(8);
      for (const { values } of findings) {
        expect(values.light ?? 1).toBeLessThanOrEqual(6);
        expect(values.stretch ?? 1).toBeLessThanOrEqual(16);
      }
    }),
  );
});

it('makes graphs that FFmpeg takes', { timeout: 60_000 }, () => {
  const everything = { ...TINTED, ...NOISY, ...SOFT, fine: 3, coarse: 1.6, blockiness: 2.8 };
  const made = [
    ...[DARK, WASHED_OUT, NOISY, SOFT, TINTED, BLOCKY, everything].map((given) => analysis(scene(given))),
    analysis(scene(DARK, 0, 0.2), scene(WASHED_OUT, 0.2, 0.4, 'gradual'), scene(TINTED, 0.4, 1)),
    ...fc.sample(anyAnalysis, { numRuns: 4, seed: 1 }),
  ];
  for (const any of made) {
    const { graph } = adaptive.plan(PICTURE, any);
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25,format=yuv420p'];
    const args = ['-v', 'error', ...source, '-vf', graph || 'null', '-frames:v', '8', '-f', 'framemd5', '-'];
    const printed = execFileSync(findFfmpeg().ffmpeg, args, { encoding: 'utf8' });
    expect(printed.split('\n').filter((line) => /^0,/.test(line))).toHaveLength(8);
    expect(printed).toContain('#dimensions 0: 64x48');
  }
});
