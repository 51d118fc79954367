import type { ColorTags, VideoFacts } from './media.ts';
import type { Finding } from './report.ts';

/**
 * Samples of any other kind as 8-bit 4:2:0 of limited range: exact rounding, chroma between the rows and on the left
 * column (H.264's default; the scaler's own is in the middle), and a fixed pattern of dither where bits are lost, which
 * costs an encoder nothing, as noise would.
 */
const SCALE = 'flags=bicubic+accurate_rnd+full_chroma_inp:sws_dither=bayer:out_h_chr_pos=0:out_v_chr_pos=128';

/**
 * The colours of RGB in the YUV that it becomes. Without tags, pictures from computers are sRGB.
 * IEC 61966-2-1
 */
const RGB: ColorTags = { matrix: 'bt709', primaries: 'bt709', transfer: 'iec61966-2-1', range: 'tv' };

/** Samples in the plain layout; the colours stay what they are. Nothing at all for those that are plain already. */
export function toPlainPixels({ pixels, color, pixelFormat }: VideoFacts): {
  graph: string[];
  color: ColorTags;
  findings: Finding[];
} {
  const { model, bitDepth, chroma, alpha } = pixels;
  const limited: ColorTags = { ...color, range: 'tv' };
  const plain = model === 'yuv' && bitDepth === 8 && chroma === '4:2:0' && !alpha && color.range !== 'pc';
  if (plain || pixelFormat === '') return { graph: [], color: limited, findings: [] };
  const opaque = alpha ? onBlack(pixels) : [];
  // Grey with transparency, too, has to go through RGB.
  if (model === 'rgb' || model === 'palette' || (model === 'gray' && alpha)) {
    return {
      graph: [...opaque, `scale=out_color_matrix=bt709:out_range=tv:${SCALE}`, 'format=yuv420p'],
      color: {
        ...RGB,
        ...(color.primaries && { primaries: color.primaries }),
        ...(color.transfer && { transfer: color.transfer }),
      },
      findings: [],
    };
  }
  const input = color.range ? `in_range=${color.range}:` : '';
  return { graph: [...opaque, `scale=${input}out_range=tv:${SCALE}`, 'format=yuv420p'], color: limited, findings: [] };
}

/** The layout of high dynamic range: as `toPlainPixels` in 10 bits, and RGB becomes BT.2020. */
export function toTenBits({ pixels, color, pixelFormat }: VideoFacts): string[] {
  const { model, bitDepth, chroma, alpha } = pixels;
  const there = model === 'yuv' && bitDepth === 10 && chroma === '4:2:0' && !alpha && color.range !== 'pc';
  if (there || pixelFormat === '') return [];
  const input = model === 'yuv' && color.range ? `in_range=${color.range}:` : '';
  const matrix = model === 'yuv' ? '' : 'out_color_matrix=bt2020:';
  const opaque = alpha ? onBlack(pixels) : [];
  return [...opaque, `scale=${input}${matrix}out_range=tv:${SCALE}`, 'format=yuv420p10le'];
}

/** What shines through is black, as around the picture in a player. */
function onBlack({ model, bitDepth }: VideoFacts['pixels']): string[] {
  const planar = model === 'yuv' ? [] : [`format=${bitDepth > 8 ? 'gbrap16le' : 'gbrap'}`];
  return [...planar, 'premultiply=inplace=1'];
}
