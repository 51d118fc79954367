import type { PixelLayout } from '../../core/media.ts';

/** What FFmpeg calls formats that are not YUV, by how their names begin. */
const RGB = /^(x2)?([argb0]{3,4}|gbra?p|bayer|xyz)/;
const GRAY = /^(gray|ya\d|mono)/;

/**
 * What a pixel format's name says: `yuv420p10le`, `gbrap`, `pal8`. Of formats that no decoder gives out, and of names
 * that a later FFmpeg may bring, it takes the bits for 8 and the chroma for `other`, which costs a conversion at most.
 * Source of the names: FFmpeg's `-pix_fmts`.
 */
export function pixelLayout(name: string): PixelLayout {
  const model = name === 'pal8' ? 'palette' : GRAY.test(name) ? 'gray' : RGB.test(name) ? 'rgb' : 'yuv';
  const alpha = name === 'pal8' || /^(yuva|ya\d|ayuv|vuya|gbrap|rgba|bgra|argb|abgr)/.test(name);
  const chroma = /^(yuvj?a?420p|nv12|nv21|p01)/.test(name) ? '4:2:0' : 'other';
  return { bitDepth: depthOf(name), model, chroma, alpha };
}

function depthOf(name: string): number {
  const [, planar, semiplanar, packed] =
    /(?:p|gray|ya|xyz)f?(9|10|12|14|16|32)[lb]e$|^[pyx]v?[0-4](10|12|16)[lb]e$|(48|64)[lb]e$/.exec(name) ?? [];
  if (planar) return Number(planar);
  if (semiplanar) return Number(semiplanar);
  if (packed) return 16;
  return /^(x2(rgb|bgr)10|nv20)/.test(name) ? 10 : 8;
}
