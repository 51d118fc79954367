import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { PixelLayout } from '../../core/media.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { pixelLayout } from './pixel-format.ts';

interface Format {
  name: string;
  nb_components: number;
  log2_chroma_w?: number;
  log2_chroma_h?: number;
  flags: { rgb: number; alpha: number; palette: number; hwaccel: number };
  components?: { bit_depth: number }[];
}

it('reads from the name what FFmpeg itself says of the format', () => {
  const args = ['-v', 'quiet', '-show_pixel_formats', '-of', 'json'];
  const formats: Format[] = JSON.parse(execFileSync(findFfmpeg().ffprobe, args).toString()).pixel_formats;
  const software = formats.filter(({ flags, name }) => !flags.hwaccel && !/^(bayer|xyz)/.test(name));
  expect(software.length).toBeGreaterThan(150);
  for (const { name, components = [], flags, ...format } of software) {
    const count = format.nb_components - flags.alpha;
    const depths = components.map(({ bit_depth }) => bit_depth);
    const model = flags.palette ? 'palette' : flags.rgb ? 'rgb' : count <= 1 ? 'gray' : 'yuv';
    const layout: PixelLayout = {
      // The few with less than 8 bits lose nothing in 8.
      bitDepth: Math.max(8, ...depths),
      model,
      chroma: format.log2_chroma_w === 1 && format.log2_chroma_h === 1 ? '4:2:0' : 'other',
      alpha: flags.alpha === 1,
    };
    expect(pixelLayout(name), name).toEqual(layout);
  }
});

it('takes what it does not know for something that has to be converted', () => {
  expect(pixelLayout('new999')).toEqual({ bitDepth: 8, model: 'yuv', chroma: 'other', alpha: false });
});
