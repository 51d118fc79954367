import { BadInput } from '../../core/errors.ts';
import type { ColorTags, HdrFacts, VideoFacts } from '../../core/media.ts';
import { TRANSPARENT } from './decoders.ts';
import { lightOf, peakOf } from './light.ts';
import { orientationOf } from './orientation.ts';
import { pixelLayout } from './pixel-format.ts';
import { ratio, type SideData, type Stream, time } from './report.ts';

/**
 * The facts of the stream that is the video.
 *
 * @param start where the container begins: for a stream that does not say
 * @throws BadInput `unreadable`
 */
export function videoOf(stream: Stream, { start, container }: { start: number; container: string }): VideoFacts {
  const { codec_name: codec, width = 0, height = 0 } = stream;
  if (!codec || codec === 'unknown' || codec === 'none') {
    const tag = stream.codec_tag_string;
    const named = tag && /^\w{2,4}$/.test(tag) ? ` (${tag})` : '';
    throw unreadable(`its codec${named} is not known here`);
  }
  if (width < 1 || height < 1) throw unreadable('it does not say how large its pictures are');
  if (width < 2 || height < 2) throw unreadable(`its pictures are ${width} × ${height}, and need two pixels each way`);
  const { pix_fmt = '', tags } = stream;
  const decoder = tags?.alpha_mode === '1' && pix_fmt === 'yuv420p' ? TRANSPARENT[codec] : undefined;
  const pixelFormat = decoder ? 'yuva420p' : pix_fmt;
  const frames = Number(stream.nb_frames);
  const color = colorOf(stream);
  return {
    index: stream.index,
    codec,
    width,
    height,
    color,
    ...(frames > 0 && { frames }),
    pixelFormat,
    pixels: pixelLayout(pixelFormat),
    ...(decoder && { decoder }),
    orientation: orientationOf(stream.side_data_list),
    sampleAspect: ratio(stream.sample_aspect_ratio) ?? { num: 1, den: 1 },
    ...ratesOf(stream),
    fieldOrder: fieldOrderOf(stream),
    hdr: hdrOf(color, stream.side_data_list),
    start: time(stream.start_time) ?? start,
    ...(container === 'avi' && reorderDelayOf(stream)),
  };
}

function colorOf({ color_space, color_primaries, color_transfer, color_range, pix_fmt }: Stream): ColorTags {
  const range = color_range === 'tv' || color_range === 'pc' ? color_range : null;
  return {
    matrix: said(color_space),
    primaries: said(color_primaries),
    transfer: said(color_transfer),
    // The older way to say it: by the pixel format.
    range: range ?? (pix_fmt?.startsWith('yuvj') ? 'pc' : null),
  };
}

function said(value: string | undefined): string | null {
  return !value || value === 'unknown' || value === 'unspecified' || value === 'reserved' ? null : value;
}

/** The two rates that FFmpeg keeps differ where frames are not evenly spaced. */
function ratesOf({ avg_frame_rate, r_frame_rate }: Stream): { frameRate: number; variable: boolean } {
  const [average, base] = [avg_frame_rate, r_frame_rate].map((rate) => {
    const { num, den } = ratio(rate) ?? { num: 0, den: 1 };
    return num / den;
  }) as [number, number];
  return {
    frameRate: average || base,
    variable: average > 0 && base > 0 && Math.abs(average - base) / base > 0.005,
  };
}

/**
 * An AVI tells only when each picture is to be decoded. Where some wait for others that are shown before them, a decoder
 * gives the first one out so many later, and takes that for its time.
 */
function reorderDelayOf({ has_b_frames = 0, avg_frame_rate }: Stream): { reorderDelay: number } | undefined {
  const rate = ratio(avg_frame_rate);
  return rate && has_b_frames > 0 ? { reorderDelay: (has_b_frames * rate.den) / rate.num } : undefined;
}

/** FFmpeg's two letters are the orders in which fields are stored and shown: only the second counts here. */
function fieldOrderOf({ field_order }: Stream): VideoFacts['fieldOrder'] {
  if (field_order === 'progressive') return 'progressive';
  if (field_order === 'tt' || field_order === 'bt') return 'tff';
  return field_order === 'bb' || field_order === 'tb' ? 'bff' : null;
}

function hdrOf({ transfer }: ColorTags, sideData: SideData[]): HdrFacts | null {
  const vision = sideData.find(({ dv_profile }) => dv_profile !== undefined);
  const kind = transfer === 'arib-std-b67' ? 'hlg' : transfer === 'smpte2084' ? 'pq' : null;
  // Profile 5 and its like have colours of their own, often without a tag that says so.
  const alone = vision?.dv_profile === 5 || (vision?.dv_bl_signal_compatibility_id === 0 && vision?.dv_profile !== 7);
  if (!kind && !alone) return null;
  const light = lightOf(sideData);
  return {
    kind: kind ?? 'pq',
    peak: peakOf(sideData),
    ...(light && { light }),
    dolbyVision: vision?.dv_profile === undefined ? null : { profile: vision.dv_profile, alone },
  };
}

function unreadable(why: string): BadInput {
  return new BadInput('unreadable', `This file could not be read as a video: ${why}.`);
}
