import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { Video } from './video.ts';

it('can be read as it was stored before there was a choice of dynamic range', () => {
  const { hdr, ...before } = aVideo();
  expect(hdr).toBe('sdr');
  expect(Video.parse(before).hdr).toBe('sdr');
  expect(Video.parse(aVideo({ hdr: 'keep' })).hdr).toBe('keep');
});
