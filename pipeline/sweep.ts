import { type Diagnosis, diagnose } from '../core/diagnose.ts';
import { fileIdOfOutput, publicKeys, sourceKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { Ports, Watched } from '../core/ports/index.ts';
import { abandon, PROCESS_TYPES, type ProcessType } from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import { changeProcess, isInFlight, isUnwanted, type Video } from '../core/video.ts';
import { cleanUp } from './clean-up.ts';

type SweepPorts = Pick<Ports, 'videos' | 'uploads' | 'files' | 'arrivals' | 'tasks' | 'now' | 'log'>;

const TASKS = {
  video_enhancement: 'video.enhance',
  metadata_extraction: 'video.extract-metadata',
} as const satisfies Record<ProcessType, TaskMessage['type']>;

const NEVER_UPLOADED = {
  code: 'upload_expired',
  message: 'The upload was not finished in time: start it again.',
};
const NEVER_WORKED_ON = {
  code: 'no_worker',
  message: 'No worker took this video up within a day. Try it again; if it stays so, the service has no workers.',
};

/**
 * Looks after what no message will heal: uploads that were never finished, sources whose event never came, tasks that
 * were lost or whose worker froze. Each is put back on its way, or ended with a reason. Runs every few minutes.
 *
 * One video's trouble is not another's: what fails is logged, and met again the next time.
 */
export async function sweep(ports: SweepPorts, signal: AbortSignal): Promise<Record<Diagnosis['state'], number>> {
  const { videos, now, log } = ports;
  const seen = { settled: 0, well: 0, not_arrived: 0, not_dispatched: 0, silent: 0 };
  for await (const watched of videos.watched()) {
    if (signal.aborted) break;
    const { file_id } = watched;
    try {
      const video = await videos.get(file_id);
      const diagnosis: Diagnosis = video ? diagnose(video, now()) : { state: 'settled' };
      seen[diagnosis.state] += 1;
      if (diagnosis.state === 'settled') await strikeOff(ports, watched, video);
      else if (video) await heal(ports, video, diagnosis);
    } catch (error) {
      log.error('a video could not be looked after', error, { file_id });
    }
  }
  await reclaimParts(ports);
  log.info('swept', seen);
  return seen;
}

/**
 * Workers that were killed or replaced leave things behind. What a failed attempt was worked on with is kept: a retry may
 * take it over.
 */
async function strikeOff(ports: SweepPorts, watched: Watched, video: Video | undefined): Promise<void> {
  const unwanted = publicKeys(watched.file_id).filter((key) => isUnwanted(video, key));
  await Promise.all(unwanted.map((key) => ports.files.remove(key)));
  const kept = video?.processes.video_enhancement.status === 'failed';
  if (!kept) await cleanUp(ports, watched, watched.attempt);
  await ports.videos.unwatch(watched);
}

/** What workers were writing when they died. Nothing but the bucket itself knows of it. */
async function reclaimParts({ videos, files, log }: SweepPorts): Promise<void> {
  try {
    for (const upload of await files.openUploads()) {
      const fileId = fileIdOfOutput(upload.key);
      const video = fileId && (await videos.get(fileId));
      if (fileId && !(video && isInFlight(video))) await files.abortMultipart(upload);
    }
  } catch (error) {
    log.error('parts could not be reclaimed', error);
  }
}

async function heal(ports: SweepPorts, video: Video, diagnosis: Diagnosis): Promise<void> {
  const { arrivals, uploads, log } = ports;
  const { file_id } = video;
  const key = sourceKey(file_id);
  if (diagnosis.state === 'silent') {
    for (const type of diagnosis.nudge) await nudge(ports, file_id, type);
    for (const type of diagnosis.hopeless) {
      await end(ports, file_id, type, NEVER_WORKED_ON, (current) => {
        const still = diagnose(current, ports.now());
        return still.state === 'silent' && still.hopeless.includes(type);
      });
    }
  }
  if (diagnosis.state === 'not_dispatched') {
    log.warn('a source is announced anew', { file_id, why: diagnosis.state });
    await arrivals.announce(key);
  }
  if (diagnosis.state === 'not_arrived') {
    if (await uploads.head(key)) {
      log.warn('a source is announced anew', { file_id, why: 'its event never came' });
      await arrivals.announce(key);
    } else if (diagnosis.overdue) {
      for (const type of PROCESS_TYPES) await end(ports, file_id, type, NEVER_UPLOADED, ({ source }) => !source);
      const { upload_id } = video.upload;
      if (upload_id) await uploads.abortMultipart({ key, uploadId: upload_id });
    }
  }
}

/** Written down before it is published: at most one more copy of a task an hour, whatever happens in between. */
async function nudge({ videos, tasks, now, log }: SweepPorts, file_id: string, type: ProcessType): Promise<void> {
  const time = now();
  const nudged = await videos.change(file_id, (current) => {
    const diagnosis = diagnose(current, time);
    if (diagnosis.state !== 'silent' || !diagnosis.nudge.includes(type)) return new Refusal('unchanged');
    return changeProcess(current, type, (process) => ({ ...process, nudged_at: time.toISOString() }), time);
  });
  if (nudged instanceof Refusal) return;
  const { attempt, trace } = nudged;
  log.warn('a task is given to the broker again', { file_id, attempt, process: type });
  await tasks.publish({ v: 1, type: TASKS[type], file_id, attempt, trace });
}

/** Ends a process, if what was seen of the video still holds when it is written. */
async function end(
  { videos, now, log }: SweepPorts,
  file_id: string,
  type: ProcessType,
  reason: { code: string; message: string },
  holds: (current: Video) => boolean,
): Promise<void> {
  const ended = await videos.change(file_id, (current) =>
    holds(current)
      ? changeProcess(current, type, (process) => abandon(process, reason, now()), now())
      : new Refusal('superseded'),
  );
  if (!(ended instanceof Refusal)) log.warn('given up', { file_id, process: type, code: reason.code });
}
