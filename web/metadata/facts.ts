import type { MetadataDocument } from '../../core/metadata.ts';
import type { Fact } from '../ui/fact-list.tsx';
import { bytes, span } from '../words.ts';

/** What a person asks about a video, in words. Zero is how the document says that it is not known. */
export function factsOf(document: MetadataDocument): Fact[] {
  const { resolution, display_aspect_ratio, duration_seconds, frame_count, fps, hdr, rotation, audio } = document;
  const { width, height } = resolution;
  const facts: (Fact | undefined)[] = [
    {
      name: 'Picture',
      value: `${width} × ${height}`,
      more: [nameOf(width, height), shapeOf(display_aspect_ratio)].filter(Boolean).join(', '),
    },
    duration_seconds > 0
      ? {
          name: 'Length',
          value: span(duration_seconds),
          more: frame_count > 0 ? `${frame_count.toLocaleString()} pictures` : '',
        }
      : undefined,
    fps > 0
      ? {
          name: 'Speed',
          value: `${trimmed(fps)} fps`,
          more: document.variable_frame_rate ? 'on average; it varies' : '',
        }
      : undefined,
    {
      name: 'File',
      value: bytes(document.file_size_bytes),
      more: `${document.format.toUpperCase()}${document.bit_rate > 0 ? `, ${rate(document.bit_rate)}` : ''}`,
    },
    audio
      ? { name: 'Sound', value: channels(audio.channels), more: soundMore(audio) }
      : { name: 'Sound', value: 'None' },
    { name: 'Range', value: hdr === 'none' ? 'Standard' : HDR[hdr], more: hdr === 'none' ? '' : 'high dynamic range' },
    rotation ? { name: 'Turned', value: `${rotation}°`, more: 'by the player' } : undefined,
  ];
  return facts.filter((fact) => fact !== undefined);
}

const HDR: Record<Exclude<MetadataDocument['hdr'], 'none'>, string> = {
  hdr10: 'HDR10',
  hlg: 'HLG',
  dolby_vision: 'Dolby Vision',
};

function soundMore({ codec, sample_rate, language, tracks }: NonNullable<MetadataDocument['audio']>): string {
  const parts = [codec.toUpperCase(), sample_rate > 0 ? `${trimmed(sample_rate / 1000)} kHz` : '', language ?? ''];
  if (tracks > 1) parts.push(`${tracks} tracks`);
  return parts.filter(Boolean).join(', ');
}

function channels(count: number): string {
  return { 1: 'Mono', 2: 'Stereo', 6: '5.1 surround', 8: '7.1 surround' }[count] ?? `${count} channels`;
}

/** By the shorter side, as people name them. */
function nameOf(width: number, height: number): string {
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (long >= 7680) return '8K';
  if (long >= 3840) return '4K';
  return (
    [1440, 1080, 720, 576, 480, 360]
      .find((lines) => short === lines)
      ?.toString()
      .concat('p') ?? ''
  );
}

/** "16:9" as it is, "1408:1053" as "1.34:1". */
function shapeOf(ratio: string): string {
  const [wide = 0, high = 0] = ratio.split(':').map(Number);
  if (!(wide > 0 && high > 0)) return '';
  return Math.max(wide, high) <= 32 ? ratio : `${trimmed(Math.round((100 * wide) / high) / 100)}:1`;
}

const trimmed = (value: number): string => String(Math.round(value * 1000) / 1000);

export function rate(bitsPerSecond: number): string {
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}
