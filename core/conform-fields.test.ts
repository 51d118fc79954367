import { describe, expect, it } from 'vitest';
import { plainFacts } from '../test/plain-facts.ts';
import { deinterlacing } from './conform-fields.ts';
import type { VideoFacts } from './media.ts';

const video = (changes: Partial<VideoFacts> = {}) => plainFacts(changes).video;
const sure = { confidence: 0.9 };
const BWDIF = 'bwdif=mode=send_frame:parity=tff:deint=all';

describe('what the pictures show', () => {
  it('counts more than the header', () => {
    const { graph, findings } = deinterlacing(video({ fieldOrder: 'bff' }), { order: 'tff', ...sure });
    expect(graph).toEqual([BWDIF]);
    expect(findings).toMatchObject([{ subject: 'interlacing', verdict: 'mended', ...sure }]);
    const whole = deinterlacing(video({ fieldOrder: 'tff' }), { order: 'progressive', ...sure });
    expect(whole.graph).toEqual([]);
    expect(whole.findings).toMatchObject([{ verdict: 'good', found: expect.stringContaining('calls itself') }]);
  });

  it('is left alone where it is not clear and the header does not say so, too', () => {
    const unclear = { order: 'tff', confidence: 0.3 } as const;
    expect(deinterlacing(video(), unclear)).toMatchObject({ graph: [], findings: [{ verdict: 'left' }] });
    expect(deinterlacing(video({ fieldOrder: 'tff' }), unclear).graph).toHaveLength(1);
  });
});

it('goes by the header, frame by frame, where nobody looked', () => {
  const { graph, findings } = deinterlacing(video({ fieldOrder: 'bff' }), null);
  expect(graph).toEqual(['bwdif=mode=send_frame:parity=auto:deint=interlaced']);
  expect(findings).toMatchObject([{ verdict: 'mended', values: { upper_field_first: 0 } }]);
  expect(deinterlacing(video(), null)).toEqual({ graph: [], findings: [] });
});

it('works on the rows as they are stored: turns the picture back, and upright again', () => {
  const turned = (rotation: 0 | 90 | 180 | 270, mirrored = false) =>
    deinterlacing(video({ orientation: { rotation, mirrored } }), { order: 'tff', ...sure }).graph;
  expect(turned(90)).toEqual(['transpose=cclock', BWDIF, 'transpose=clock']);
  expect(turned(270)).toEqual(['transpose=clock', BWDIF, 'transpose=cclock']);
  expect(turned(180)).toEqual(['hflip', 'vflip', BWDIF, 'hflip', 'vflip']);
  expect(turned(90, true)).toEqual(['transpose=cclock', 'hflip', BWDIF, 'hflip', 'transpose=clock']);
});
