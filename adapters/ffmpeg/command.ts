import type { ColorTags, SourceFacts } from '../../core/media.ts';
import type { FilterPlan } from '../../core/profiles/profile.ts';
import type { Encoder } from './encoders.ts';

/** 4:2:0 needs even sides: an odd one loses its last row or column, once everything else is done. */
const EVEN = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0:exact=1';

/**
 * Ticks a second of the output's time stamps. All usual frame rates (23.976 to 120, NTSC or not) and the milliseconds
 * of Matroska are whole ticks; FFmpeg's default, the source's guessed frame rate, would bend what is not evenly spaced.
 */
const TICKS = '1/120000';

export interface Encoding {
  input: string[];
  facts: SourceFacts;
  plan: FilterPlan;
  encoder: Encoder;
  /** The best audio encoder for the container that this FFmpeg has. */
  audioEncoder: string;
  output: string;
}

/** The command line of the one process that decodes, filters and encodes. */
export function encodeCommand({ input, facts, plan, encoder, audioEncoder, output }: Encoding): string[] {
  const { video, audio } = facts;
  const graph = [plan.graph, EVEN, colorParameters(plan.color), encoder.upload].filter(Boolean).join(',');
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-y', '-benchmark'],
    ...['-progress', 'pipe:1', '-stats_period', '0.5'],
    // Filters take a small share of the time, splitting frames between threads costs more than it brings, and the number
    // of threads can show in the last bit.
    ...['-filter_threads', '1'],
    ...(encoder.setup ?? []),
    ...input,
    ...['-map', `0:${video.index}`],
    ...(audio ? ['-map', `0:${audio.index}`] : []),
    ...['-vf', graph],
    ...['-c:v', encoder.name, ...encoder.options(video.width * video.height)],
    ...(audio ? audioOptions(audioEncoder, audio.channels) : []),
    // No frame is made up or dropped to even out the rate.
    ...['-fps_mode', 'vfr'],
    // Where a phone was when it filmed is nobody's business but its owner's.
    ...['-metadata', 'location=', '-metadata', 'location-eng='],
    ...(encoder.container === 'mp4'
      ? ['-enc_time_base:v', TICKS, '-movflags', '+faststart', '-f', 'mp4']
      : ['-f', 'avi']),
    `file:${output}`,
  ];
}

/** Stereo and 5.1 stay what they are; more than that, and what lies between, becomes the next that browsers play. */
function audioOptions(encoder: string, channels: number): string[] {
  const kept = channels >= 6 ? 6 : Math.min(channels, 2);
  const kbps = { 1: 96, 2: 160, 6: 384 }[kept] ?? 160;
  return ['-c:a', encoder, '-ac', String(kept), '-b:a', `${kbps}k`];
}

/** What the frames say of their colours; the encoder writes that into the file. */
function colorParameters({ matrix, primaries, transfer, range }: ColorTags): string {
  const set = [
    matrix && `colorspace=${matrix}`,
    primaries && `color_primaries=${primaries}`,
    transfer && `color_trc=${transfer}`,
    range && `range=${range}`,
  ].filter(Boolean);
  return set.length > 0 ? `setparams=${set.join(':')}` : '';
}
