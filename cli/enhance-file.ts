import { openAsBlob } from 'node:fs';
import {
  type Client,
  ClientError,
  enhancedPath,
  FileError,
  isSettled,
  metadataPath,
  type Timing,
  type UploadFile,
  type VideoState,
} from '../client/index.ts';
import { ReelightError } from '../core/errors.ts';
import type { ProfileName } from '../core/profiles/index.ts';
import { fetchFile } from './fetch-file.ts';
import { type Journal, journalKey } from './journal.ts';
import type { FileStatus, Stage } from './reports/report.ts';
import { nameToTell, type Source } from './sources.ts';
import { metadataName, type Target, videoName } from './targets.ts';

/** How long giving the work back may take once nobody wants it any more. */
const WITHDRAW_MS = 10_000;

export interface Work {
  client: Client;
  timing: Timing;
  journal: Journal;
  /** Which server: works of one are unknown to another. */
  base: string;
  profile: ProfileName;
  report(status: FileStatus): void;
  signal: AbortSignal;
}

/** The server ended the job without a result; the message is its reason. */
class JobFailed extends ReelightError {
  override readonly retryable = false;
}

/**
 * One file from its upload to its results. Never throws: how it ended is the last thing that is reported, and the
 * answer.
 */
export async function enhanceFile(
  source: Source,
  target: Target,
  work: Work,
): Promise<'done' | 'failed' | 'cancelled'> {
  const { client, journal, signal } = work;
  const key = journalKey(source, work.base, work.profile);
  const began = performance.now();
  let status: FileStatus = {
    file: source.label,
    file_id: null,
    stage: 'uploading',
    progress: 0,
    bytes: { moved: 0, total: source.size },
    metadata: { status: 'pending', progress: 0, error: null },
    error: null,
    outputs: {},
    seconds: 0,
  };
  const show = (change: Partial<FileStatus>) => {
    status = { ...status, ...change, seconds: (performance.now() - began) / 1000 };
    work.report(status);
  };

  try {
    signal.throwIfAborted();
    show({});
    const fileId = await send(source, key, work, show);
    show({ file_id: fileId, stage: 'queued', progress: 0, bytes: null });
    const end = await follow(fileId, work, show);
    await collect(fileId, end, target, work, show);
    await journal.forget(key);
    const reason = failureOf(end);
    if (reason) throw reason;
    show({ stage: 'done', progress: 100, bytes: null });
    return 'done';
  } catch (error) {
    // What cannot be taken back goes on there, and is found again by the same command; as is what never got that far.
    const unwanted = signal.aborted || error instanceof FileError;
    if (unwanted && status.file_id && (await withdraw(client, status.file_id, status.stage))) await journal.forget(key);
    if (signal.aborted) {
      show({ stage: 'cancelled', bytes: null });
      return 'cancelled';
    }
    if (isDeleted(error)) await journal.forget(key);
    show({ stage: 'failed', bytes: null, error: { code: codeOf(error), message: messageOf(error) } });
    return 'failed';
  }
}

type Show = (change: Partial<FileStatus>) => void;

async function send(source: Source, key: string, work: Work, show: Show): Promise<string> {
  const { client, journal, profile, signal } = work;
  // Read from the disk when it is sent, piece by piece; fails when the file changes meanwhile.
  const blob = await openAsBlob(source.path);
  const file: UploadFile = {
    name: nameToTell(source),
    size: source.size,
    type: source.contentType,
    slice: (start, end) => blob.slice(start, end),
  };
  const resume = await journal.find(key);
  if (resume) show({ file_id: resume.file_id });
  return client.upload(file, {
    profile,
    signal,
    resume,
    onStart: async (session) => {
      show({ file_id: session.file_id });
      await journal.keep(key, session);
    },
    onProgress: (moved, total) => show({ progress: (moved / total) * 100, bytes: { moved, total } }),
  });
}

async function follow(fileId: string, { client, signal }: Work, show: Show): Promise<VideoState> {
  for await (const state of client.watch(fileId, signal)) {
    const { video_enhancement: enhancement, metadata_extraction: metadata } = state.processes;
    const stage = enhancement.status === 'pending' ? 'queued' : 'enhancing';
    show({ stage, progress: enhancement.progress, metadata });
    if (isSettled(state)) return state;
  }
  // A watch ends in no other way.
  throw new JobFailed('internal_error', 'The server stopped telling how it goes.');
}

/** Writes what there is: a video whose metadata could not be extracted is a video all the same. */
async function collect(fileId: string, end: VideoState, target: Target, work: Work, show: Show): Promise<void> {
  const { client, timing, signal } = work;
  const { video_enhancement: enhancement, metadata_extraction: metadata } = end.processes;
  const { folder, stem } = target;
  const { outputs } = await client.get(fileId, signal);
  const written: FileStatus['outputs'] = {};
  const fetching = { folder, timing, signal, onProgress: () => {} };
  if (metadata.status === 'completed') {
    const { path } = await fetchFile(client, {
      ...fetching,
      path: metadataPath(fileId),
      name: () => metadataName(stem),
      size: outputs.metadata?.size,
    });
    written.metadata = path;
  }
  if (enhancement.status === 'completed') {
    show({ stage: 'downloading', progress: 0, bytes: { moved: 0, total: outputs.enhanced?.size ?? 0 } });
    const { path } = await fetchFile(client, {
      ...fetching,
      path: enhancedPath(fileId),
      name: (contentType) => videoName(stem, contentType),
      size: outputs.enhanced?.size,
      onProgress: (moved, total) => show({ progress: (moved / total) * 100, bytes: { moved, total } }),
    });
    written.video = path;
  }
  show({ outputs: written });
}

/** In words for the person whose video it is; nothing when both processes were completed. */
function failureOf({ processes }: VideoState): JobFailed | undefined {
  const parts = [
    ['enhancement', processes.video_enhancement],
    ['metadata', processes.metadata_extraction],
  ] as const;
  const failed = parts.filter(([, { status }]) => status !== 'completed');
  if (failed.length === 0) return undefined;
  const reasons = failed.map(([what, { status, error }]) => ({ what, reason: error ?? `it was ${status}` }));
  const [first, second] = reasons;
  // Both mostly fail for the same reason: the file.
  const same = first?.reason === second?.reason;
  const message = same ? `${first?.reason}` : reasons.map(({ what, reason }) => `${what}: ${reason}`).join('; ');
  const cancelled = failed.every(([, { status }]) => status === 'cancelled');
  return new JobFailed(cancelled ? 'cancelled_elsewhere' : 'job_failed', message);
}

/** Nobody wants it any more. Answers whether nothing is left to be found again. */
async function withdraw(client: Client, fileId: string, stage: Stage): Promise<boolean> {
  const signal = AbortSignal.timeout(WITHDRAW_MS);
  try {
    if (stage !== 'uploading' || !(await abandon(client, fileId, signal))) await client.cancel(fileId, signal);
    return true;
  } catch (error) {
    // Gone is as good as given back. Finished (409) is not: its results can still be had.
    return isDeleted(error);
  }
}

function isDeleted(error: unknown): boolean {
  return error instanceof ClientError && error.status === 404;
}

/** `false`: too late, all of it is there. */
async function abandon(client: Client, fileId: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.abandon(fileId, signal);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.status === 409) return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ReelightError) return error.code;
  return (error as NodeJS.ErrnoException).code ?? 'internal_error';
}

function messageOf(error: unknown): string {
  if (isDeleted(error)) return 'It was deleted on the server meanwhile.';
  const message = error instanceof Error ? error.message : String(error);
  const passing = error instanceof ReelightError && error.retryable;
  return passing ? `${message} The same command goes on where this one stopped.` : message;
}
