import { expect, it } from 'vitest';
import type { MetadataDocument } from '../../core/metadata.ts';
import { factsOf } from './facts.ts';

const DOCUMENT: MetadataDocument = {
  file_id: '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11',
  filename: 'clip.mp4',
  format: 'mp4',
  resolution: { width: 1080, height: 1920 },
  fps: 29.97002997,
  frame_count: 300,
  duration_seconds: 10.01,
  file_size_bytes: 1_000_000,
  bit_rate: 799_200,
  rotation: 90,
  display_aspect_ratio: '9:16',
  hdr: 'none',
  variable_frame_rate: true,
  audio: { codec: 'aac', channels: 2, channel_layout: 'stereo', sample_rate: 44_100, language: 'deu', tracks: 2 },
  color_profile: { histograms: { b: [], g: [], r: [] }, average_color: { b: 0, g: 0, r: 0 } },
  advanced: { format: {}, streams: [], chapters: [] },
};
const fact = (document: MetadataDocument, name: string) => factsOf(document).find((one) => one.name === name);

it('names a picture by its shorter side, and says what makes it special', () => {
  expect(fact(DOCUMENT, 'Picture')).toMatchObject({ value: '1080 × 1920', more: '1080p, 9:16' });
  expect(fact(DOCUMENT, 'Speed')).toMatchObject({ value: '29.97 fps', more: 'on average; it varies' });
  expect(fact(DOCUMENT, 'Sound')).toMatchObject({ value: 'Stereo', more: 'AAC, 44.1 kHz, deu, 2 tracks' });
  expect(fact(DOCUMENT, 'Turned')?.value).toBe('90°');
});

it('gives ratios that are no ratios of small numbers as one number', () => {
  const odd = { ...DOCUMENT, resolution: { width: 176, height: 144 }, display_aspect_ratio: '1408:1053' };
  expect(fact(odd, 'Picture')?.more).toBe('1.34:1');
});

it('is silent about what the file does not tell', () => {
  const untold = { ...DOCUMENT, fps: 0, duration_seconds: 0, rotation: 0, bit_rate: 0, audio: null };
  const names = factsOf(untold).map(({ name }) => name);
  expect(names).toEqual(['Picture', 'File', 'Sound', 'Range']);
  expect(fact(untold, 'File')?.more).toBe('MP4');
  expect(fact(untold, 'Sound')?.value).toBe('None');
});
