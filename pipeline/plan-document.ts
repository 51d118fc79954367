import { createHash } from 'node:crypto';
import type { Analysis } from '../core/analysis.ts';
import { TransientError } from '../core/errors.ts';
import { attemptKey } from '../core/keys.ts';
import type { Cutting, Ports, Probe } from '../core/ports/index.ts';
import type { FilterPlan } from '../core/profiles/profile.ts';
import { isInFlight, type Video } from '../core/video.ts';

/** All that the pieces of a video depend on, beside its source. */
export interface PlanDocument {
  v: 1;
  /**
   * How long its chunks were to be: a plan that follows one that was given up is another, though the source may be cut at
   * the same places. What was done under the old one is not counted in it.
   */
  seconds: number;
  probe: Probe;
  interlacing: Analysis['interlacing'] | null;
  plan: FilterPlan;
  cut: Cutting;
}

/** It has no holder: whoever plans the same writes the same. */
const keyOf = ({ file_id, attempt }: Pick<Video, 'file_id' | 'attempt'>, id: string) =>
  attemptKey(file_id, attempt, 0, `plan-${id}.json`);

/** Puts the plan where workers find it. Answers its name, which says what is in it. */
export async function writePlan(files: Ports['files'], video: Video, document: PlanDocument): Promise<string> {
  const text = JSON.stringify(document);
  const id = nameOf(text);
  await files.write(keyOf(video, id), text, { contentType: 'application/json' });
  return id;
}

/** Takes a plan back that nobody will follow, as far as the record tells: another may have planned the same. */
export async function forgetPlan({ videos, files }: Pick<Ports, 'videos' | 'files'>, video: Video, id: string) {
  const current = await videos.get(video.file_id);
  if (!current || !isInFlight(current)) await files.remove(keyOf(video, id));
}

/** @throws TransientError `no_plan` when it is not there, or not what its name says */
export async function readPlan(files: Ports['files'], video: Video, id: string, signal: AbortSignal) {
  const key = keyOf(video, id);
  const head = await files.head(key);
  const chunks: Buffer[] = [];
  if (head)
    for await (const chunk of await files.read(key, { start: 0, end: head.size - 1 }, signal)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (nameOf(text) !== id) throw new TransientError('no_plan', 'The plan of this video is gone.');
  const document: PlanDocument = JSON.parse(text);
  return document;
}

const nameOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
