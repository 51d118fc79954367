import type { Analysis } from './analysis.ts';
import { deinterlacing } from './conform-fields.ts';
import type { SourceFacts } from './media.ts';
import type { Probe } from './ports/media-tools.ts';

/**
 * How browsers get to see a source. `original`: as it is, served with this content type; `rewrapped`: its pictures as
 * they are, in an MP4, with its sound as it is or encoded anew; `proxy`: encoded anew, lighter.
 */
export type Way =
  | { way: 'original'; contentType: 'video/mp4' | 'video/webm' }
  | { way: 'rewrapped'; sound: 'copy' | 'encode' }
  | { way: 'proxy' };

/** 8-bit 4:2:0: what every H.264 decoder in a browser or a phone takes. */
const PROFILES = new Set(['Constrained Baseline', 'Baseline', 'Main', 'Constrained High', 'High']);
/** 5.2, in FFmpeg's tenths: 4096 × 2304 at 60 pictures a second. */
const HIGHEST_LEVEL = 52;
/** Data tracks that give nobody away: time codes, Apple's notes about faces and exposure, chapter titles. */
const HARMLESS = /^(tmcd|mebx|text)\b/;
/** Seconds. A file that begins later is played from there by some browsers, and after a pause by others. */
const AT_ONCE = 0.01;

/**
 * Decides by what every current browser plays, not by what some do: HEVC, AV1, 10-bit and HDR are for a few only. What
 * is interlaced or mirrored, no browser shows as it should be; without a length, none can seek. A source that tells
 * where it was filmed is never passed on as it is.
 *
 * @param declared the content type that came with the upload: FFmpeg does not tell WebM from Matroska
 * @param seen whether the pictures themselves are interlaced; null where nobody looked
 */
export function wayToShow({ facts, report }: Probe, declared: string, seen: Interlacing): Way {
  const { video, audio, container } = facts;
  const stream = streamAt(report, video.index);
  if (!isPlain(facts, seen)) return { way: 'proxy' };
  if (isAvc(facts, stream)) {
    const isMp4 = container.includes('mp4') && stream.codec_tag_string === 'avc1';
    const copies = !audio || isForMp4(audio.codec, streamAt(report, audio.index));
    if (isMp4 && copies && isComplete(facts, report)) return { way: 'original', contentType: 'video/mp4' };
    if (isMp4 || /matroska|mpegts|flv/.test(container)) return { way: 'rewrapped', sound: copies ? 'copy' : 'encode' };
    return { way: 'proxy' };
  }
  const isWeb = container.includes('webm') && declared === 'video/webm';
  const hears = !audio || audio.codec === 'opus' || audio.codec === 'vorbis';
  if (isWeb && isVpx(facts, stream) && hears && isComplete(facts, report)) {
    return { way: 'original', contentType: 'video/webm' };
  }
  return { way: 'proxy' };
}

type Stream = Probe['report']['streams'][number];
type Interlacing = Analysis['interlacing'] | null;

function streamAt(report: Probe['report'], index: number): Stream {
  return report.streams.find((stream) => stream.index === index) ?? {};
}

function isAvc(facts: SourceFacts, { profile, level }: Stream): boolean {
  return facts.video.codec === 'h264' && PROFILES.has(String(profile)) && Number(level) <= HIGHEST_LEVEL;
}

function isVpx(facts: SourceFacts, { profile }: Stream): boolean {
  const { codec, orientation } = facts.video;
  return (codec === 'vp8' || (codec === 'vp9' && profile === 'Profile 0')) && orientation.rotation === 0;
}

/** Shown as it is, it looks as it should. */
function isPlain({ video }: SourceFacts, seen: Interlacing): boolean {
  const { pixels, orientation, hdr } = video;
  const isCommon = pixels.model === 'yuv' && pixels.bitDepth === 8 && pixels.chroma === '4:2:0' && !pixels.alpha;
  return isCommon && !hdr && !orientation.mirrored && deinterlacing(video, seen).graph.length === 0;
}

/** Nothing has to be added to the file, such as its length, which we may know and it does not; and nothing taken away. */
function isComplete({ start, dropped }: SourceFacts, { format }: Probe['report']): boolean {
  const tells = dropped.some(({ kind, what }) => kind === 'location' || (kind === 'data' && !HARMLESS.test(what)));
  return Number(format.duration) > 0 && Math.abs(start) < AT_ONCE && !tells;
}

function isForMp4(codec: string, { profile }: Stream): boolean {
  return codec === 'mp3' || (codec === 'aac' && /^(LC|HE-AAC|HE-AACv2)$/.test(String(profile)));
}
