import { isRetryable } from '../core/errors.ts';
import { isWorkDone, piecesOf } from '../core/pieces.ts';
import type { Ports, WorkerBoard } from '../core/ports/index.ts';
import { isTerminal } from '../core/process.ts';
import type { Video } from '../core/video.ts';

export interface Backlog {
  /** Tasks of enhancers that are not done: those that wait and those in hand. */
  tasks: number;
  workers: number;
  /** Tasks that nobody has in hand, for each worker there is; a worker takes one at a time. */
  tasksPerWorker: number;
  /** Workers that have nothing to do. */
  idleWorkers: number;
  /** How long the video that has waited longest has waited for a worker; 0 when none waits. */
  longestWaitSeconds: number;
}

/**
 * What there is to do, and who is there to do it: drawn from the records, since RabbitMQ 4 on Amazon MQ tells nobody how
 * long its queues are. It counts what the videos in flight need done, not what has been published of it: of a video that
 * is cut, the pieces that wait their turn count too.
 *
 * A record that nobody can read counts for nothing: without figures, no worker would come for all the others.
 */
export async function countBacklog(ports: Pick<Ports, 'videos' | 'now' | 'log'>, board: WorkerBoard): Promise<Backlog> {
  const { videos, now } = ports;
  const workers = (await board.present()).length;
  let tasks = 0;
  let longestWaitSeconds = 0;
  for await (const { file_id } of videos.watched()) {
    const video = await readable(ports, file_id);
    if (!video) continue;
    tasks += tasksOf(video);
    longestWaitSeconds = Math.max(longestWaitSeconds, waitOf(video, now()));
  }
  const waiting = Math.max(0, tasks - workers);
  return {
    tasks,
    workers,
    tasksPerWorker: waiting / Math.max(1, workers),
    idleWorkers: Math.max(0, workers - tasks),
    longestWaitSeconds,
  };
}

async function readable({ videos, log }: Pick<Ports, 'videos' | 'log'>, fileId: string): Promise<Video | undefined> {
  try {
    return await videos.get(fileId);
  } catch (error) {
    if (isRetryable(error)) throw error;
    log.error('a video could not be counted', error, { file_id: fileId });
    return undefined;
  }
}

function tasksOf(video: Video): number {
  if (!waitsForEnhancers(video)) return 0;
  const { work } = video;
  // Putting it together is one task, as is a video that is not cut, or not yet.
  return work && !isWorkDone(work) ? piecesOf(work).length - work.done : 1;
}

function waitOf(video: Video, now: Date): number {
  const { status, last_updated } = video.processes.video_enhancement;
  if (!waitsForEnhancers(video) || status !== 'pending') return 0;
  return Math.max(0, (now.getTime() - Date.parse(last_updated)) / 1_000);
}

const waitsForEnhancers = (video: Video) => video.source !== null && !isTerminal(video.processes.video_enhancement);
