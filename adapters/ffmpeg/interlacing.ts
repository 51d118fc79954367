import type { Analysis } from '../../core/analysis.ts';
import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { type Combs, combsOf } from './combs.ts';
import { printing, readTold } from './frame-metadata.ts';
import { type Input, withInput } from './input.ts';
import { runForOutput } from './run.ts';

/** Codecs that know whole pictures only, and whose users never had fields to put into them. */
const WHOLE_ONLY = ['vp8', 'vp9', 'av1', 'gif', 'webp', 'apng', 'h263', 'flv1', 'theora'];
/**
 * Rows that pictures of two fields have, with what may be cropped off: 480 to 576 and, in high definition, 1035 to 1152.
 * 720 rows (SMPTE ST 296) and more than 1152 (ST 2036) were always whole pictures.
 */
const ROWS_OF_FIELDS = [
  { from: 460, to: 608 },
  { from: 1000, to: 1152 },
];

/** A first look, and a closer one where that or the header gives cause. */
const GLANCE = { stretches: 3, pictures: 12 };
const CLOSER = { stretches: 5, pictures: 30 };
/** From this share of pictures that show fields, a video is interlaced: the rest stands still. */
const SHARE = 0.3;
/** So many pictures that show something are enough to be sure by. */
const ENOUGH = 20;
const LARGEST_OUTPUT = 1024 * 1024;
/** Of what moves, this share has combs where there are fields: see `combsOf`. */
const COMBED = 0.025;
/** Columns that are looked at for combs: spread over the picture, each whole. */
const COLUMNS = 240;

interface Votes {
  tff: number;
  bff: number;
  progressive: number;
}

interface Looking {
  ffmpeg: string;
  log: Log;
  input: Input;
  facts: SourceFacts;
  signal: AbortSignal;
}

/** See `MediaTools.interlacing`. */
export async function interlacing(
  { ffmpeg, log }: { ffmpeg: string; log: Log },
  source: RangeSource,
  facts: SourceFacts,
  signal: AbortSignal,
): Promise<Analysis['interlacing']> {
  const { codec, height, fieldOrder } = facts.video;
  const claimed = fieldOrder === 'tff' || fieldOrder === 'bff';
  const possible = !WHOLE_ONLY.includes(codec) && ROWS_OF_FIELDS.some(({ from, to }) => height >= from && height <= to);
  if (!claimed && !possible) return { order: 'progressive', confidence: 1 };
  return withInput(source, signal, async (input) => {
    const looking = { ffmpeg, log, input, facts, signal };
    const first = claimed ? undefined : await look(looking, GLANCE);
    if (first && first.tff + first.bff <= 0.1 * first.progressive) return verdict(first);
    const seen = verdict(await look(looking, CLOSER));
    return claimed || seen.order === 'progressive' ? seen : withCombs(seen, await combsIn(looking));
  });
}

/**
 * Where the header does not speak of fields, they must be seen as combs, too: letters that scroll look like fields to who
 * compares lines.
 */
export function withCombs(seen: Analysis['interlacing'], { moving, combed }: Combs): Analysis['interlacing'] {
  const share = moving > 0 ? combed / moving : 0;
  if (share >= COMBED) return seen;
  return { order: 'progressive', confidence: moving > 0 ? 1 - share / COMBED : 0 };
}

/**
 * What most pictures are. Few that show anything make it uncertain, and so does a share near the limit, or fields that
 * come now in one order, now in the other.
 */
export function verdict({ tff, bff, progressive }: Votes): Analysis['interlacing'] {
  const fields = tff + bff;
  const all = fields + progressive;
  if (all === 0) return { order: 'progressive', confidence: 0 };
  const enough = Math.min(1, all / ENOUGH);
  const share = fields / all;
  if (share < SHARE) return { order: 'progressive', confidence: enough * (1 - share / SHARE) };
  const order = tff >= bff ? 'tff' : 'bff';
  const agreement = (2 * Math.max(tff, bff)) / fields - 1;
  return { order, confidence: enough * agreement * Math.min(1, (share - SHARE) / 0.3 + 0.5) };
}

async function look(looking: Looking, how: typeof GLANCE): Promise<Votes> {
  const votes = { tff: 0, bff: 0, progressive: 0 };
  for (const at of placesOf(looking, how)) {
    for (const order of await ordersFrom(looking, at, how.pictures)) if (order in votes) votes[order as keyof Votes]++;
  }
  return votes;
}

function placesOf({ facts: { duration, start, video } }: Looking, { stretches }: typeof GLANCE): number[] {
  if (duration <= 0) return [0];
  return Array.from({ length: stretches }, (_, index) => (index * duration) / stretches + video.start - start);
}

/** What `idet` says of some pictures from a keyframe on: `undetermined` where nothing moves. */
async function ordersFrom(looking: Looking, at: number, pictures: number) {
  const output = ['-vf', `idet,${printing(1)}`, '-frames:v', String(pictures), '-f', 'null', '-'];
  const told = await outputOf(looking, at, output, LARGEST_OUTPUT);
  return readTold(told.toString('latin1')).map(
    ({ values }) => values['lavfi.idet.multiple.current_frame'] ?? 'undetermined',
  );
}

async function combsIn(looking: Looking): Promise<Combs> {
  const { height, width: columns } = looking.facts.video;
  const width = Math.min(columns, COLUMNS);
  const grey = ['-vf', `scale=${width}:${height}:flags=neighbor,format=gray`, '-fps_mode', 'passthrough'];
  const output = [...grey, '-frames:v', String(CLOSER.pictures), '-f', 'rawvideo', 'pipe:1'];
  const all = { moving: 0, combed: 0 };
  for (const at of placesOf(looking, CLOSER)) {
    const limit = width * height * CLOSER.pictures;
    const bytes = await outputOf(looking, at, output, limit);
    const { moving, combed } = combsOf({ bytes, width, height });
    all.moving += moving;
    all.combed += combed;
  }
  return all;
}

/** Of a run that begins at a keyframe. */
async function outputOf({ ffmpeg, log, input, facts, signal }: Looking, at: number, output: string[], limit: number) {
  const args = [
    ...['-nostdin', '-hide_banner', '-v', 'error', '-noautorotate', '-threads', '1'],
    ...[...(at > 0 ? ['-noaccurate_seek', '-ss', at.toFixed(3)] : []), ...input.args],
    ...['-map', `0:${facts.video.index}`, ...output],
  ];
  const ended = await runForOutput({ program: ffmpeg, args, signal, limit });
  input.blameStorage();
  if (ended.code !== 0) {
    log.info('no fields', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
  }
  return ended.stdout;
}
