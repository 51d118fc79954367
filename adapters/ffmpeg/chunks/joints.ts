import { z } from 'zod';
import type { Log } from '../../../core/log.ts';
import type { Ratio, SourceFacts } from '../../../core/media.ts';
import type { RangeSource } from '../../../core/ports/index.ts';
import { CHUNK_SECONDS, type Joint, SHORTEST_SECONDS, type Sights, WHOLE_SECONDS } from '../../../core/timeline.ts';
import { isInLooseFragments } from '../boxes.ts';
import { withInput } from '../input.ts';
import { ratio } from '../report.ts';
import { OutputTooLarge, runForOutput } from '../run.ts';
import { hasSound } from './sound.ts';

/** Containers that say where each keyframe lies, and of which FFmpeg knows the times of pictures as they are shown. */
const INDEXED = ['mov', 'matroska'];

/** Each place costs a jump in the source: beyond so many, they lie further apart. */
const MOST_PLACES = 1000;

/**
 * Looking costs up to two megabytes a place, in what is sent before FFmpeg has seen enough: of a source of few bits a
 * second, that can be about all of it, which is still little beside working on it. Above so many times the source, its
 * index is of no use and each place is looked for from the beginning.
 */
const MOST_READ = 1.5;
const ALWAYS_READ = 64 * 1024 * 1024;

/** Pictures that a decoder may hold back, or leave out since they need what came before: enough for usual encoders. */
const REORDER = 12;
/** The beginning is looked at as far as this where an edit list hides the first pictures. */
const HIDDEN = 600;

/**
 * Where pictures are stored in another order than they are shown and the container is sought by the former, FFmpeg aims
 * so many seconds too early, to be safe (`3*AV_TIME_BASE / 23` in its `open_input_file`): often a whole GOP is read in vain.
 */
const SEEKS_EARLY = 3 / 23;

const LARGEST_ANSWER = 64 * 1024 * 1024;

const Answer = z.object({
  streams: z.tuple([z.looseObject({ time_base: z.string(), has_b_frames: z.int().default(0) })]),
  packets_and_frames: z.array(
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('packet'),
        pos: z.coerce.number().optional(),
        size: z.coerce.number(),
        flags: z.string(),
        pts: z.int().optional(),
      }),
      z.object({
        type: z.literal('frame'),
        best_effort_timestamp: z.int().optional(),
        pict_type: z.string().optional(),
      }),
    ]),
  ),
});
type Item = z.infer<typeof Answer>['packets_and_frames'][number];

export interface JointSearch {
  source: RangeSource;
  facts: SourceFacts;
  /** Pictures before and after a chunk that its filters look at. */
  reach: number;
  signal: AbortSignal;
}

/**
 * Where the source can be cut, about every ten seconds, by looking at its index and at a few pictures in each place.
 * Null when it is to be worked on whole: short, without an index, in fragments without one, or with nothing in it to
 * cut at.
 *
 * A joint is safe with an open GOP, too: what is shown after the keyframe does not depend on what came before it, and what
 * is shown before it belongs to the chunk before, which goes on decoding until it has it.
 */
export async function findJoints(ffprobe: string, search: JointSearch, log: Log): Promise<Sights | null> {
  const { facts, reach } = search;
  const { duration } = facts;
  if (duration <= WHOLE_SECONDS || !INDEXED.some((name) => facts.container.split(',').includes(name))) return null;
  // Chapters travel with the sound, or else nothing carries them.
  if (facts.chapters > 0 && !hasSound(facts)) return null;
  // Each chunk would begin with going through the whole file.
  const mayBeLoose = facts.container.startsWith('mov') && facts.video.frames === undefined;
  if (mayBeLoose && (await isInLooseFragments(search.source, search.signal))) return null;
  const depth = reach === 0 ? 1 : reach + 1 + REORDER;
  const places = placesIn(facts).map((time) => `${time.toFixed(6)}%+#${depth}`);
  const answer = await lookAt(ffprobe, search, [`%+#${REORDER}`, ...places], log);
  if (!answer) return null;
  const { time_base, has_b_frames } = answer.streams[0];
  const timeBase = ratio(time_base);
  const [beginning = [], ...visits] = visitsOf(answer.packets_and_frames, depth);
  const first =
    firstShown(beginning) ??
    firstShown((await lookAt(ffprobe, search, [`%+#${HIDDEN}`], log))?.packets_and_frames ?? []);
  if (!timeBase || first === undefined) return null;
  const ahead = has_b_frames > 0 && !facts.container.split(',').includes('mov') ? SEEKS_EARLY : 0;
  const joints = visits.flatMap((visit) => {
    const joint = jointAt(visit, reach);
    return joint && joint.keyframe > first
      ? { ...joint, seek: (joint.keyframe * timeBase.num) / timeBase.den + ahead }
      : [];
  });
  const distinct = [...new Map(joints.map((joint) => [joint.keyframe, joint])).values()];
  if (distinct.length === 0) return null;
  const { frameRate } = facts.video;
  return { timeBase, origin: inTicks(facts.start, timeBase), first, duration, frameRate, joints: distinct };
}

/** What ffprobe finds on a visit to each place: so many packets from the keyframe at or before it on, and what they show. */
async function lookAt(ffprobe: string, { source, facts, signal }: JointSearch, visits: string[], log: Log) {
  const budget = budgeted(source, Math.max(source.size * MOST_READ, ALWAYS_READ));
  const stop = AbortSignal.any([signal, budget.spent]);
  const args = [
    ...['-v', 'error', '-select_streams', String(facts.video.index), '-read_intervals', visits.join(',')],
    ...['-show_packets', '-show_frames', '-of', 'json=c=1', '-show_entries', SHOWN],
  ];
  try {
    return await withInput(
      budget.source,
      stop,
      async (input) => {
        const all = [...args, ...input.args];
        const run = { program: ffprobe, args: all, effort: 'work', signal: stop, limit: LARGEST_ANSWER } as const;
        const { stdout, code, stderr } = await runForOutput(run);
        input.blameStorage();
        if (code === 0) return Answer.parse(JSON.parse(stdout.toString()));
        log.info('no index', { code, stderr: input.redact(stderr) });
        return undefined;
      },
      { glimpses: true, duration: facts.duration },
    );
  } catch (error) {
    signal.throwIfAborted();
    const useless = [OutputTooLarge, z.ZodError, SyntaxError].some((kind) => error instanceof kind);
    if (!budget.spent.aborted && !useless) throw error;
    log.info('no usable index', { spent: budget.spent.aborted });
    return undefined;
  }
}

const SHOWN =
  'stream=time_base,has_b_frames:packet=pts,pos,size,flags:frame=best_effort_timestamp,pict_type:frame_side_data=none';

/** In the container's own time, in seconds. */
function placesIn({ duration, video: { start } }: SourceFacts): number[] {
  const step = Math.max(CHUNK_SECONDS, duration / MOST_PLACES);
  const count = Math.floor((duration - SHORTEST_SECONDS) / step);
  return Array.from({ length: count }, (_, i) => start + (i + 1) * step);
}

/** What was found, visit by visit: one ends after so many packets, or where the next goes back. The first is the beginning. */
function visitsOf(items: readonly Item[], depth: number): Item[][] {
  const visits: Item[][] = [];
  let [left, last] = [0, -1];
  for (const item of items) {
    if (item.type === 'packet') {
      const at = item.pos ?? -1;
      if (left === 0 || at <= last) {
        left = visits.length === 0 ? REORDER : depth;
        visits.push([]);
      }
      left -= 1;
      last = at;
    }
    visits.at(-1)?.push(item);
  }
  return visits;
}

function firstShown(visit: readonly Item[]): number | undefined {
  const shown = visit.flatMap((item) => (item.type === 'frame' ? (item.best_effort_timestamp ?? []) : []));
  return shown.length > 0 ? Math.min(...shown) : undefined;
}

/**
 * The joint that a visit allows. The keyframe has to be what it says: one that refreshes gradually is flagged, too, but is
 * no I picture. Which picture is the one to start with is certain only of those that the decoder gave out while there
 * still was more to come.
 */
function jointAt(visit: readonly Item[], reach: number): Omit<Joint, 'seek'> | undefined {
  const [packet] = visit;
  if (packet?.type !== 'packet' || !packet.flags.startsWith('K')) return undefined;
  const { pts: keyframe, pos: position, size } = packet;
  if (keyframe === undefined || position === undefined || position < 0) return undefined;
  const frames = visit.filter((item) => item.type === 'frame');
  if (!frames.some((frame) => frame.best_effort_timestamp === keyframe && frame.pict_type === 'I')) return undefined;
  if (reach === 0) return { keyframe, start: keyframe, position, size };
  const certain = visit.slice(
    0,
    visit.findLastIndex(({ type }) => type === 'packet'),
  );
  const times = certain.flatMap((item) => (item.type === 'frame' ? (item.best_effort_timestamp ?? []) : []));
  const start = times.filter((time) => time >= keyframe).toSorted((a, b) => a - b)[reach];
  return start === undefined ? undefined : { keyframe, start, position, size };
}

function inTicks(seconds: number, { num, den }: Ratio): number {
  return Math.round((seconds * den) / num);
}

/** The source, until so many bytes of it were read. */
function budgeted(source: RangeSource, most: number): { source: RangeSource; spent: AbortSignal } {
  const spent = new AbortController();
  let read = 0;
  return {
    spent: spent.signal,
    source: {
      size: source.size,
      read: async (start, end, signal) => {
        read += end - start + 1;
        if (read > most) spent.abort(new Error('too much was read'));
        spent.signal.throwIfAborted();
        return source.read(start, end, signal);
      },
    },
  };
}
