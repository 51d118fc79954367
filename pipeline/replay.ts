import { readTaskMessage, type TaskMessage } from '../core/messages.ts';
import type { ParkedTask, Ports } from '../core/ports/index.ts';
import { isTerminal, type ProcessType } from '../core/process.ts';
import { retry } from './retry.ts';

const WORK = {
  enhance: { process: 'video_enhancement', type: 'video.enhance' },
  // Whoever plans finds that it is planned, and gives out again what waits.
  pieces: { process: 'video_enhancement', type: 'video.enhance' },
  metadata: { process: 'metadata_extraction', type: 'video.extract-metadata' },
} as const satisfies Record<string, { process: ProcessType; type: TaskMessage['type'] }>;

/** What became of a parked task, in words. */
export type Replayed = { remove: boolean; outcome: string };

/**
 * Gives a parked task another chance, once what made it fail is mended: a video that failed begins a new attempt, and
 * one that still waits gets its task again. What nobody waits for any more is only removed.
 */
export async function replay(
  ports: Pick<Ports, 'videos' | 'arrivals' | 'now' | 'log'> & { tasks: Pick<Ports['tasks'], 'publish'> },
  { queue, body }: ParkedTask,
): Promise<Replayed> {
  const message = readTaskMessage(body);
  if (!message || !queue) return { remove: false, outcome: 'kept: this is no task that could be given again' };
  const { file_id, attempt } = message;
  const video = await ports.videos.get(file_id);
  if (!video) return { remove: true, outcome: 'removed: its video was deleted' };
  if (video.attempt !== attempt) return { remove: true, outcome: `removed: attempt ${video.attempt} has begun since` };
  const { process, type } = WORK[queue];
  const state = video.processes[process];
  if (state.status === 'failed') {
    const begun = await retry(ports, file_id);
    return { remove: true, outcome: `given again as attempt ${begun.attempt}` };
  }
  if (isTerminal(state)) return { remove: true, outcome: `removed: it is ${state.status}` };
  await ports.tasks.publish({ v: 1, type, file_id, attempt, trace: message.trace });
  return { remove: true, outcome: 'given again' };
}
