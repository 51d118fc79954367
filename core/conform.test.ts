import { expect, it } from 'vitest';
import { plainFacts } from '../test/plain-facts.ts';
import { conform, planFor } from './conform.ts';
import type { ColorTags, HdrFacts, PixelLayout, VideoFacts } from './media.ts';
import { passthrough } from './profiles/passthrough.ts';

const TAGS: ColorTags = { matrix: null, primaries: null, transfer: null, range: null };
const PLAIN: PixelLayout = { bitDepth: 8, model: 'yuv', chroma: '4:2:0', alpha: false };
const HDR: HdrFacts = { kind: 'pq', peak: null, dolbyVision: null };

const conformed = (changes: Partial<VideoFacts>) => conform(plainFacts(changes), null);
const pixels = (changes: Partial<PixelLayout>, color: Partial<ColorTags> = {}) =>
  conformed({ pixels: { ...PLAIN, ...changes }, color: { ...TAGS, ...color } });
const hdr = (changes: Partial<HdrFacts>, color: Partial<ColorTags> = {}) =>
  conformed({ hdr: { ...HDR, ...changes }, color: { ...TAGS, ...color } });

it('does nothing to what is plain already, whatever its tags', () => {
  for (const matrix of [null, 'smpte170m', 'bt709', 'bt2020nc', 'ycgco']) {
    const { graph, picture, findings } = pixels({}, { matrix, range: 'tv' });
    expect({ graph, findings }).toEqual({ graph: '', findings: [] });
    expect(picture).toEqual({
      width: 320,
      height: 180,
      color: { ...TAGS, matrix, range: 'tv' },
      bitDepth: 8,
      start: 0,
    });
  }
});

it('gives the profile the picture as it stands', () => {
  expect(conformed({ orientation: { rotation: 270, mirrored: false } }).picture).toMatchObject({
    width: 180,
    height: 320,
  });
  expect(conformed({ orientation: { rotation: 180, mirrored: true } }).picture).toMatchObject({
    width: 320,
    height: 180,
  });
});

it('brings any other samples to 8-bit 4:2:0 of limited range, in their own matrix', () => {
  for (const other of [{ bitDepth: 10 }, { chroma: 'other' as const }, { model: 'gray' as const }]) {
    const { graph, picture } = pixels(other, { matrix: 'bt2020nc', primaries: 'bt2020' });
    expect(graph).toMatch(/^scale=out_range=tv:.*,format=yuv420p$/);
    expect(graph).not.toContain('matrix');
    expect(picture.color).toMatchObject({ matrix: 'bt2020nc', primaries: 'bt2020', range: 'tv' });
  }
  expect(pixels({}, { range: 'pc' }).graph).toMatch(/^scale=in_range=pc:out_range=tv:/);
});

it('gives RGB a matrix and says which, and takes it for sRGB unless it says otherwise', () => {
  for (const model of ['rgb', 'palette'] as const) {
    const { graph, picture } = pixels({ model }, { matrix: 'gbr', range: 'pc' });
    expect(graph).toContain('out_color_matrix=bt709');
    expect(picture.color).toEqual({ matrix: 'bt709', primaries: 'bt709', transfer: 'iec61966-2-1', range: 'tv' });
  }
  expect(pixels({ model: 'rgb' }, { primaries: 'bt2020', transfer: 'bt709' }).picture.color).toMatchObject({
    primaries: 'bt2020',
    transfer: 'bt709',
  });
});

it('puts what is transparent on black before anything is made of it', () => {
  expect(pixels({ alpha: true }).graph).toMatch(/^premultiply=inplace=1,scale/);
  expect(pixels({ alpha: true, model: 'rgb' }).graph).toMatch(/^format=gbrap,premultiply/);
  expect(pixels({ alpha: true, model: 'gray', bitDepth: 16 }).graph).toMatch(/^format=gbrap16le,premultiply.*bt709/);
});

it('maps HDR down by what its makers say of it, and by what is usual where they do not', () => {
  const loud = hdr({ peak: 4000 }, { matrix: 'bt2020nc', primaries: 'bt2020', transfer: 'smpte2084', range: 'tv' });
  expect(loud.graph).toContain('tin=smpte2084:min=bt2020nc:pin=bt2020:rin=tv');
  expect(loud.graph).toContain('peak=19.704');
  expect(loud.picture.color).toEqual({ matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', range: 'tv' });
  expect(loud.findings).toMatchObject([{ subject: 'dynamic_range', verdict: 'mended', values: { peak_nits: 4000 } }]);
  expect(loud.findings[0]?.found).toContain('HDR10, up to 4000 cd/m²');
  expect(hdr({ kind: 'hlg' }).graph).toMatch(/tin=arib-std-b67:min=bt2020nc:pin=bt2020.*peak=4.926/);
});

it('never divides by a peak that is no brighter than paper', () => {
  expect(hdr({ peak: 100 }).graph).toContain('peak=1.100');
});

it('refuses in words what only Dolby can show, and shows what lies under the rest', () => {
  const alone = { profile: 5, alone: true };
  expect(() => hdr({ dolbyVision: alone })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  expect(() => hdr({ dolbyVision: alone })).toThrow(/^This video is in Dolby Vision profile 5/);
  expect(hdr({ kind: 'hlg', dolbyVision: { profile: 8, alone: false } }).graph).toContain('arib-std-b67');
});

it('puts the profile’s filters after its own, and its findings too', () => {
  const profile = { ...passthrough, plan: () => ({ graph: 'hue=s=0', color: TAGS, findings: [] }) };
  const plan = planFor(profile, plainFacts({ hdr: HDR }), null);
  expect(plan.graph).toMatch(/^zscale.*format=yuv420p,.*hue=s=0$/);
  expect(plan.findings).toHaveLength(1);
  expect(planFor(profile, plainFacts(), null).graph).toBe('hue=s=0');
});
