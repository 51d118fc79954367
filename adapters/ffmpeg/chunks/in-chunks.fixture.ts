import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLog } from '../../../core/log.ts';
import type { SourceFacts } from '../../../core/media.ts';
import type { EncodedChunk, RangeSource } from '../../../core/ports/index.ts';
import type { FilterPlan } from '../../../core/profiles/profile.ts';
import { type Cut, planTimeline, type Timeline } from '../../../core/timeline.ts';
import { reachOf } from '../../../core/timeline-reach.ts';
import type { Encoder } from '../encoders.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { probe } from '../probe.ts';
import { type Assembled, assemble } from './assemble.ts';
import { encodeChunk } from './encode-chunk.ts';
import { findJoints } from './joints.ts';
import { encodeSound, hasSound } from './sound.ts';

/** What a video is worked on by, when all of it happens in one place. */
export interface InChunks {
  source: RangeSource;
  facts: SourceFacts;
  plan: FilterPlan;
  timeline: Timeline;
  encoder: Encoder;
  threads: number;
}

const programs = findFfmpeg();
const signal = new AbortController().signal;
const onProgress = () => {};

/** The plan for a source; null where it is not to be cut. */
export async function plannedInChunks(
  source: RangeSource,
  graph: string,
  encoder: Encoder,
  { threads = 1, ...cut }: Cut & { threads?: number } = {},
): Promise<InChunks | null> {
  const { facts } = await probe(programs.ffprobe, source, signal, silentLog);
  const reach = reachOf(graph);
  if (reach === null) return null;
  const sights = await findJoints(programs.ffprobe, { source, facts, reach, signal }, silentLog);
  const plan = { graph, color: facts.video.color, findings: [] };
  return sights && { source, facts, plan, timeline: planTimeline(sights, cut), encoder, threads };
}

/** All chunks, one after the other in whichever order is asked for; each in a folder of its own. */
export async function encodedChunks(
  job: InChunks,
  folder: string,
  order: (indices: number[]) => number[] = (indices) => indices,
): Promise<EncodedChunk[]> {
  const { chunks } = job.timeline;
  const done: EncodedChunk[] = [];
  for (const index of order(chunks.map((_, i) => i))) {
    const chunk = chunks[index];
    if (!chunk) throw new Error(`there is no chunk ${index}`);
    const scratch = join(folder, `chunk-${index}`);
    await mkdir(scratch, { recursive: true });
    done[index] = await encodeChunk(programs, { ...job, chunk, scratch, onProgress, signal }, silentLog);
  }
  return done;
}

/** The chunks and the sound as one file. */
export async function assembled(job: InChunks, pieces: EncodedChunk[], folder: string): Promise<Assembled> {
  const { source, facts, encoder } = job;
  const sound = hasSound(facts)
    ? await encodeSound(programs, { source, facts, encoder, scratch: folder, onProgress, signal }, silentLog)
    : null;
  const assembly = { pieces, sound: sound?.path ?? null, tags: facts.tags, scratch: folder, signal };
  return assemble(programs, assembly, silentLog);
}
