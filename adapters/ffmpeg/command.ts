import type { ColorTags, SourceFacts, VideoFacts } from '../../core/media.ts';
import { MATRICES } from '../../core/profiles/matrices.ts';
import type { FilterPlan } from '../../core/profiles/profile.ts';
import { decodedBy } from './decoders.ts';
import type { Encoder } from './encoders.ts';
import { trackArguments } from './tracks.ts';

/** 4:2:0 needs even sides: an odd one loses its last row or column, once everything else is done. */
const EVEN = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0:exact=1';

/**
 * Ticks a second of the output's time stamps. All usual frame rates (23.976 to 120, NTSC or not) and the milliseconds
 * of Matroska are whole ticks; FFmpeg's default, the source's guessed frame rate, would bend what is not evenly spaced.
 */
const TICKS = '1/120000';

/**
 * An AVI has a place for a picture every so often, used or not. Where the rate is uneven or unknown, FFmpeg may take it for
 * lower than some of them come; nothing but a high-speed camera has more than this.
 */
const PLACES = 60;

/**
 * How many pieces a frame is cut into. A fixed number: it can show in the last bit of some conversions, and an output
 * must not depend on the machine that made it. More than there are processors costs next to nothing.
 */
export const FILTER_THREADS = 2;

export interface Encoding {
  input: string[];
  facts: SourceFacts;
  plan: FilterPlan;
  encoder: Encoder;
  /** The best audio encoder for the container that this FFmpeg has. */
  audioEncoder: string;
  /** Where they broke an attempt before. */
  withoutSubtitles?: boolean;
  output: string;
}

/** The command line of the one process that decodes, filters and encodes. */
export function encodeCommand(encoding: Encoding): string[] {
  const { input, facts, plan, encoder, output } = encoding;
  const { video } = facts;
  const graph = [inTime(facts), plan.graph, EVEN, ...colorFilters(plan.color, encoding), encoder.upload]
    .filter(Boolean)
    .join(',');
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-y', '-benchmark'],
    ...['-progress', 'pipe:1', '-stats_period', '0.5'],
    ...['-filter_threads', String(FILTER_THREADS)],
    ...(encoder.setup ?? []),
    // However much of it is damaged, the rest is what there is.
    ...['-max_error_rate', '1'],
    ...decodedBy(video),
    ...input,
    ...['-map', `0:${video.index}`],
    ...['-vf', graph],
    ...['-c:v', encoder.name, ...encoder.options(video.width * video.height)],
    // No frame is made up or dropped to even out the rate.
    ...['-fps_mode', 'vfr'],
    ...trackArguments(encoding),
    ...metadataArguments(facts),
    ...(encoder.container === 'mp4'
      ? ['-enc_time_base:v', TICKS, '-movflags', '+faststart', '-f', 'mp4']
      : [...(isUneven(video) ? ['-r', String(PLACES)] : []), '-f', 'avi']),
    `file:${output}`,
  ];
}

function isUneven({ variable, frameRate }: VideoFacts): boolean {
  return frameRate === 0 || (variable && frameRate < PLACES);
}

/** Pictures that FFmpeg takes to be late come when they are to: but never sooner than the container says. */
function inTime({ start, video }: SourceFacts): string {
  if (!video.reorderDelay) return '';
  const first = Math.max(0, video.start - start);
  return `setpts='PTS-round(clip(STARTPTS-${first}/TB,0,${video.reorderDelay}/TB))'`;
}

/**
 * Nothing is copied but the chapters and what is named here: where a phone was when it filmed, and which phone it was,
 * is nobody's business but its owner's, and every maker has tags of his own for it.
 */
function metadataArguments({ tags }: SourceFacts): string[] {
  return [
    ...['-map_metadata:g', '-1', '-map_metadata:s', '-1', '-map_chapters', '0'],
    ...Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
  ];
}

/** An AVI says nothing of its colours: players go by the size, and the pictures have to be what they take them for. */
function colorFilters(color: ColorTags, { encoder, facts: { video } }: Encoding): string[] {
  const matrix = color.matrix && MATRICES[color.matrix];
  if (encoder.container === 'mp4' || !matrix) return [colorParameters(color)];
  const isLarge = Math.max(video.width, video.height) >= 1280 || Math.min(video.width, video.height) > 576;
  const assumed = isLarge ? 'bt709' : 'smpte170m';
  const convert = matrix === assumed ? [] : [`scale=in_color_matrix=${matrix}:out_color_matrix=${assumed}`];
  return [...convert, colorParameters({ ...color, matrix: assumed })];
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
