import { colorProfile } from './color-profile.ts';
import type { Frame, SourceFacts, VideoFacts } from './media.ts';
import type { MetadataDocument } from './metadata.ts';
import type { Probe } from './ports/media-tools.ts';
import { sourceOf, type Video } from './video.ts';

type Json = Record<string, unknown>;

/** Puts together the metadata document from what ffprobe tells (numbers in it are often strings) and the first frame. */
export function describeVideo(video: Video, { facts, report }: Probe, frame: Frame): MetadataDocument {
  const stream = report.streams.find(({ index }) => index === facts.video.index) ?? {};
  const fps = rate(stream.avg_frame_rate) || rate(stream.r_frame_rate);
  const duration = durationOf(facts, stream);
  const { size } = sourceOf(video);
  const { width, height, orientation, sampleAspect } = facts.video;
  const isUpright = orientation.rotation % 180 === 0;
  const { num, den } = sampleAspect;
  const [x, y] = isUpright ? [width * num, height * den] : [height * den, width * num];
  return {
    file_id: video.file_id,
    filename: video.filename,
    format: containerOf(facts.container, video.filename),
    resolution: isUpright ? { width, height } : { width: height, height: width },
    fps: Math.round(fps * 1000) / 1000,
    frame_count: framesOf(stream) || Math.round(duration * fps),
    duration_seconds: Math.round(duration * 1e6) / 1e6,
    file_size_bytes: size,
    bit_rate: Math.round(number(report.format.bit_rate) || (duration > 0 ? (size * 8) / duration : 0)),
    rotation: orientation.rotation,
    display_aspect_ratio: ratioOf(x, y),
    hdr: hdrOf(facts.video),
    variable_frame_rate: isVariable(stream, duration),
    audio: audioOf(facts, report.streams.find(({ index }) => index === facts.audio?.index) ?? {}),
    color_profile: colorProfile(frame),
    advanced: report,
  };
}

/** Of the pictures. Where only the whole is known, what comes before the first of them does not count. */
function durationOf({ duration, start, video }: SourceFacts, stream: Json): number {
  return number(stream.duration) || Math.max(0, duration - Math.max(0, video.start - start));
}

/** As the container counts them, or the program that wrote it (Matroska's statistics, with or without a language). */
function framesOf({ nb_frames, tags }: Json): number {
  const { NUMBER_OF_FRAMES, 'NUMBER_OF_FRAMES-eng': english } = (tags ?? {}) as Json;
  return number(nb_frames) || number(NUMBER_OF_FRAMES) || number(english);
}

function number(value: unknown): number {
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `30000/1001` in frames a second; 0 where unknown. */
function rate(value: unknown): number {
  const [top, bottom] = text(value).split('/').map(Number);
  return top && bottom ? top / bottom : 0;
}

/** Endings by FFmpeg's names of containers: the usual one first. */
const ENDINGS: Record<string, string[]> = {
  mov: ['mp4', 'mov', 'm4v', '3gp', '3g2', 'm4a', 'mj2'],
  matroska: ['mkv', 'webm'],
  mpegts: ['ts', 'm2ts', 'mts'],
  mpeg: ['mpg', 'mpeg', 'vob'],
  mpegvideo: ['mpg', 'm2v', 'mpeg'],
  asf: ['wmv', 'asf'],
  ogg: ['ogv', 'ogg'],
};

/** ffprobe names a container, or a family of them (`mov,mp4,m4a,…`): then the file's own ending says which. */
function containerOf(family: string, filename: string): string {
  const [name = ''] = family.split(',');
  const endings = ENDINGS[name] ?? [name];
  const ending = /\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase();
  return endings.find((usual) => usual === ending) ?? (endings[0] || 'unknown');
}

function ratioOf(x: number, y: number): string {
  const divisor = gcd(x, y) || 1;
  return `${x / divisor}:${y / divisor}`;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function hdrOf({ hdr }: VideoFacts): MetadataDocument['hdr'] {
  if (!hdr) return 'none';
  if (hdr.dolbyVision) return 'dolby_vision';
  return hdr.kind === 'pq' ? 'hdr10' : 'hlg';
}

/**
 * The two rates that FFmpeg keeps differ where frames are not evenly spaced; and a little in a short file whose sound is
 * a frame longer.
 */
function isVariable({ avg_frame_rate, r_frame_rate }: Json, duration: number): boolean {
  const [average, base] = [rate(avg_frame_rate), rate(r_frame_rate)];
  const difference = Math.abs(average - base);
  return average > 0 && base > 0 && difference / base > 0.005 && (duration === 0 || difference * duration >= 2);
}

function audioOf({ audio, sounds }: SourceFacts, stream: Json): MetadataDocument['audio'] {
  if (!audio) return null;
  return {
    codec: audio.codec,
    channels: audio.channels,
    channel_layout: text(stream.channel_layout) || null,
    sample_rate: number(stream.sample_rate),
    language: audio.language,
    tracks: sounds.length,
  };
}
