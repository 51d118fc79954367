import { colorProfile } from './color-profile.ts';
import type { Frame } from './media.ts';
import type { MetadataDocument } from './metadata.ts';
import type { Probe } from './ports/media-tools.ts';
import { sourceOf, type Video } from './video.ts';

type Json = Record<string, unknown>;

/** Puts together the metadata document from what ffprobe tells (numbers in it are often strings) and the first frame. */
export function describeVideo(video: Video, { facts, report }: Probe, frame: Frame): MetadataDocument {
  const stream = report.streams.find(({ index }) => index === facts.video.index) ?? {};
  const fps = rate(stream.avg_frame_rate) || rate(stream.r_frame_rate);
  const duration = number(stream.duration) || facts.duration;
  const { size } = sourceOf(video);
  const turn = rotationOf(stream);
  const { width, height } = facts.video;
  const resolution = turn % 180 === 0 ? { width, height } : { width: height, height: width };
  return {
    file_id: video.file_id,
    filename: video.filename,
    format: containerOf(text(report.format.format_name), video.filename),
    resolution,
    fps: Math.round(fps * 1000) / 1000,
    frame_count: number(stream.nb_frames) || Math.round(duration * fps),
    duration_seconds: duration,
    file_size_bytes: size,
    bit_rate: Math.round(number(report.format.bit_rate) || (duration > 0 ? (size * 8) / duration : 0)),
    rotation: turn,
    display_aspect_ratio: displayAspect(resolution, text(stream.sample_aspect_ratio), turn),
    hdr: hdrOf(stream),
    variable_frame_rate: isVariable(stream),
    audio: audioOf(report.streams.find(({ index }) => index === facts.audio?.index)),
    color_profile: colorProfile(frame),
    advanced: report,
  };
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

function sideData(stream: Json): Json[] {
  return Array.isArray(stream.side_data_list) ? (stream.side_data_list as Json[]) : [];
}

/** Clockwise degrees; ffprobe's display matrix counts counter-clockwise. */
function rotationOf(stream: Json): number {
  const matrix = sideData(stream).find((data) => 'rotation' in data);
  return (((-Math.round(number(matrix?.rotation) / 90) * 90) % 360) + 360) % 360;
}

/** ffprobe names a family of containers (`mov,mp4,m4a,…`): the file's own ending decides where it is one of them. */
function containerOf(family: string, filename: string): string {
  const names = family.split(',');
  const ending = /\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase();
  if (ending && (names.includes(ending) || (ending === 'mkv' && names.includes('matroska')))) return ending;
  if (names.includes('mp4')) return 'mp4';
  return names[0] || 'unknown';
}

function displayAspect({ width, height }: { width: number; height: number }, sar: string, turn: number): string {
  const [w, h] = sar.split(':').map(Number);
  const pixel = w && h ? (turn % 180 === 0 ? { w, h } : { w: h, h: w }) : { w: 1, h: 1 };
  const x = width * pixel.w;
  const y = height * pixel.h;
  const divisor = gcd(x, y) || 1;
  return `${x / divisor}:${y / divisor}`;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function hdrOf(stream: Json): MetadataDocument['hdr'] {
  if (sideData(stream).some(({ side_data_type }) => text(side_data_type).startsWith('DOVI'))) return 'dolby_vision';
  if (stream.color_transfer === 'smpte2084') return 'hdr10';
  return stream.color_transfer === 'arib-std-b67' ? 'hlg' : 'none';
}

/** The two rates that FFmpeg keeps differ where frames are not evenly spaced. */
function isVariable(stream: Json): boolean {
  const average = rate(stream.avg_frame_rate);
  const base = rate(stream.r_frame_rate);
  return average > 0 && base > 0 && Math.abs(average - base) / base > 0.005;
}

function audioOf(stream: Json | undefined): MetadataDocument['audio'] {
  if (!stream) return null;
  return {
    codec: text(stream.codec_name),
    channels: number(stream.channels),
    channel_layout: text(stream.channel_layout) || null,
    sample_rate: number(stream.sample_rate),
  };
}
