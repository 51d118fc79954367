import { expect, it } from 'vitest';
import { plainFacts } from '../test/plain-facts.ts';
import { conform } from './conform.ts';
import { keepsHdr, planKeepingHdr } from './conform-keep.ts';
import type { HdrFacts, PixelLayout, VideoFacts } from './media.ts';

const TEN: PixelLayout = { bitDepth: 10, model: 'yuv', chroma: '4:2:0', alpha: false };
const PQ: HdrFacts = { kind: 'pq', peak: 1000, dolbyVision: null };
const BT2020 = { matrix: 'bt2020nc', primaries: 'bt2020', transfer: 'smpte2084', range: 'tv' } as const;

const hdr = (changes: Partial<VideoFacts> = {}) =>
  plainFacts({ hdr: PQ, pixels: TEN, pixelFormat: 'yuv420p10le', color: BT2020, ...changes });

it('is asked only of what is in high dynamic range', () => {
  expect(keepsHdr(hdr(), 'keep')).toBe(true);
  expect(keepsHdr(hdr(), 'sdr')).toBe(false);
  expect(keepsHdr(plainFacts(), 'keep')).toBe(false);
});

it('touches nothing of 10-bit 4:2:0, and says in words that nothing was repaired', () => {
  const { graph, color, findings } = planKeepingHdr(hdr());
  expect({ graph, color }).toEqual({ graph: '', color: BT2020 });
  expect(findings).toMatchObject([{ subject: 'dynamic_range', verdict: 'left', values: { peak_nits: 1000 } }]);
  expect(findings[0]?.found).toContain('HDR10, up to 1000 cd/m²');
  expect(findings[0]?.done).toContain('nothing was repaired');
});

it('brings other samples to 10-bit 4:2:0 of limited range, and never below', () => {
  for (const other of [{ chroma: 'other' as const }, { bitDepth: 12 }]) {
    expect(planKeepingHdr(hdr({ pixels: { ...TEN, ...other } })).graph).toMatch(
      /^scale=in_range=tv:out_range=tv:.*,format=yuv420p10le$/,
    );
  }
  const full = planKeepingHdr(hdr({ color: { ...BT2020, range: 'pc' } }));
  expect(full.graph).toMatch(/^scale=in_range=pc:out_range=tv:/);
  expect(full.color.range).toBe('tv');
  const rgb = planKeepingHdr(hdr({ pixels: { ...TEN, model: 'rgb' }, color: { ...BT2020, matrix: 'gbr' } }));
  expect(rgb.graph).toContain('out_color_matrix=bt2020:');
  expect(rgb.color).toEqual(BT2020);
});

it('makes whole pictures of fields all the same', () => {
  expect(planKeepingHdr(hdr({ fieldOrder: 'tff' })).graph).toMatch(/^bwdif/);
});

it('passes on what is said of the light, and names what is left unsaid by the curve alone', () => {
  const light = { display: null, content: { most: 900, average: 200 } };
  expect(planKeepingHdr(hdr({ hdr: { ...PQ, light } })).hdr).toMatchObject({ kind: 'pq', light });
  const silent = { matrix: null, primaries: null, transfer: 'arib-std-b67', range: null };
  const hlg = planKeepingHdr(hdr({ hdr: { ...PQ, kind: 'hlg', peak: null }, color: silent }));
  expect(hlg.color).toEqual({ ...BT2020, transfer: 'arib-std-b67' });
  expect(hlg.hdr?.light).toBeNull();
});

it('knows how to be shown, and what to do where nothing can write it: what is done when nobody asks', () => {
  const facts = hdr();
  const { hdr: kept } = planKeepingHdr(facts);
  const { graph, picture, findings } = conform(facts, null);
  expect(kept?.shown).toBe(graph);
  expect(kept?.otherwise).toEqual({ graph, color: picture.color, findings });
});

it('keeps what lies under Dolby Vision, and refuses what only Dolby can show', () => {
  const kept = planKeepingHdr(hdr({ hdr: { ...PQ, dolbyVision: { profile: 8, alone: false } } }));
  expect(kept.color).toEqual(BT2020);
  const alone = hdr({ hdr: { ...PQ, dolbyVision: { profile: 5, alone: true } } });
  expect(() => planKeepingHdr(alone)).toThrow(expect.objectContaining({ code: 'unsupported' }));
});
