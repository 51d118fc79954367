import {
  type Client,
  enhancedPath,
  FileError,
  fileAt,
  isSettled,
  metadataPath,
  type Timing,
  type VideoState,
} from '../client/node.ts';
import type { HdrChoice } from '../core/hdr-choice.ts';
import type { ProfileName } from '../core/profiles/names.ts';
import { fetchFile } from './fetch-file.ts';
import { giveBack } from './give-back.ts';
import { type Journal, journalKey } from './journal.ts';
import { codeOf, failureOf, isDeleted, JobFailed, messageOf } from './reasons.ts';
import type { FileStatus } from './reports/report.ts';
import { nameToTell, type Source } from './sources.ts';
import { metadataName, type Target, videoName } from './targets.ts';

export interface Work {
  client: Client;
  timing: Timing;
  journal: Journal;
  /** Which server: works of one are unknown to another. */
  base: string;
  profile: ProfileName;
  hdr: HdrChoice;
  report(status: FileStatus): void;
  signal: AbortSignal;
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
  const key = journalKey(source, work.base, work.hdr === 'keep' ? `${work.profile}+hdr` : work.profile);
  const began = performance.now();
  let status: FileStatus = {
    file: source.label,
    file_id: null,
    stage: 'uploading',
    progress: 0,
    bytes: { moved: 0, total: source.size },
    metadata: { status: 'pending', progress: 0, error: null },
    analysis: null,
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
    if (unwanted && status.file_id && (await giveBack(client, status.file_id, status.stage))) await journal.forget(key);
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
  const { client, journal, profile, hdr, signal } = work;
  const file = await fileAt(source.path, { name: nameToTell(source), type: source.contentType });
  const resume = await journal.find(key);
  if (resume) show({ file_id: resume.file_id });
  return client.upload(file, {
    profile,
    hdr,
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
  const { outputs, analysis } = await client.get(fileId, signal);
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
  show({ outputs: written, analysis });
}
