import { computed, signal } from '@preact/signals';
import { Uppy } from '@uppy/core';
import type { Body, UppyFile } from '@uppy/core/utils';
import { ClientError, type VideoRecord } from '../../client/index.ts';
import { videoTypeOf } from '../../core/video-type.ts';
import { client, owner } from '../api.ts';
import { refresh, refreshSent } from '../library/store.ts';
import { inWords } from '../problem.ts';
import { lasts, storage } from '../storage.ts';
import { announce, notify } from '../ui/notices.tsx';
import { bytes } from '../words.ts';
import { claim, claimInTurn, release } from './claims.ts';
import * as fileCopies from './kept-files.ts';
import { keptUploads } from './kept-uploads.ts';
import { limits } from './limits.ts';
import { createSessions, fileIdOf, type KeptSession, sessionKey } from './sessions.ts';
import { refusalOf, refusalWords } from './taken.ts';
import { Uploader, type UploadMeta } from './uploader.ts';
import { type Wishes, wishes } from './wishes.ts';

/** One file on its way, as it is shown. */
export interface Upload {
  id: string;
  name: string;
  size: number;
  sent: number;
  /** `waiting`: for the connection. `done`: its video's record is being read. */
  state: 'queued' | 'sending' | 'paused' | 'waiting' | 'failed' | 'done';
  error: string;
  fileId: string | undefined;
}

/** An upload that a reload cut off, or kept from beginning, and whose file has to be chosen again. */
export type Interrupted = KeptSession & { key: string };

/** How long somebody who leaves waits for uploads to be given back. */
const GIVE_BACK_MS = 3_000;

const kept = keptUploads(createSessions(storage, owner), fileCopies, lasts);
const files = signal<Record<string, UppyFile<UploadMeta, Body>>>({});
const left = signal<Interrupted[]>([]);
const online = signal(navigator.onLine);
addEventListener('online', () => {
  online.value = true;
});
addEventListener('offline', () => {
  online.value = false;
});

export const uploads = computed(() => Object.values(files.value).map(shown));
export const interrupted = computed(() => {
  const present = new Set(Object.values(files.value).map(({ meta }) => meta.key));
  return left.value.filter(({ key }) => !present.has(key));
});

/** Videos whose files this page is sending, or asks for. */
export const onTheirWay = computed(
  () =>
    new Set([
      ...uploads.value.map(({ fileId }) => fileId),
      ...interrupted.value.map(({ session }) => fileIdOf(session)),
    ]),
);

const uppy = new Uppy<UploadMeta, Body>({ autoProceed: true, allowMultipleUploadBatches: true });
uppy.use(Uploader, {
  client,
  sessionOf: (key) => kept.get(key)?.session,
  keep: ({ id, meta, data }, session) => {
    // An answer may come when the upload was given up already.
    if (data instanceof File && uppy.getState().files[id]) void kept.keep(meta.key, data, { ...meta, session });
  },
  forget: (key) => {
    drop(key);
    release(key);
  },
});
uppy.on('state-update', (_, state) => {
  files.value = state.files;
});
uppy.on('upload-success', async (file) => {
  if (!file) return;
  announce(`${file.name} is uploaded.`);
  const fileId = uppy.getFile(file.id)?.meta.file_id;
  if (fileId) await refreshSent(fileId);
  if (uppy.getState().files[file.id]) uppy.removeFile(file.id);
});
uppy.on('upload-error', (file, error) => {
  if (!file) return;
  announce(`${file.name} could not be uploaded. ${inWords(error)}`);
  // Nothing was begun, and nothing will be: to ask for it again after a reload would be in vain.
  if (error instanceof ClientError && !error.retryable && !file.meta.file_id) drop(file.meta.key);
});

function drop(key: string): void {
  void kept.drop(key);
  left.value = left.value.filter((upload) => upload.key !== key);
}

const isInLine = (key: string): boolean => Object.values(uppy.getState().files).some(({ meta }) => meta.key === key);

/** Puts files in line, and says which are none that could be. */
export function addFiles(chosen: Iterable<File>, wished: Wishes = wishes.value): void {
  const refused: string[] = [];
  for (const file of chosen) {
    const key = sessionKey(owner(), file);
    const refusal = refusalOf(file, limits.value) ?? (isInLine(key) && `${file.name} is being uploaded already.`);
    if (refusal) refused.push(refusal);
    else {
      const earlier = kept.get(key);
      const { profile, hdr } = earlier ?? wished;
      const meta: UploadMeta = { key, profile, hdr };
      const fileId = fileIdOf(earlier?.session);
      if (fileId) meta.file_id = fileId;
      void claim(key);
      void kept.keep(key, file, { ...meta, session: earlier?.session });
      uppy.addFile({ name: file.name, type: videoTypeOf(file) ?? file.type, data: file, source: 'page', meta });
    }
  }
  if (refused.length > 0) notify(refusalWords(refused), 'trouble');
}

/** What a reload cut off goes on; where the browser kept no copy of the file, it is asked for. */
export async function restoreUploads(): Promise<void> {
  for (const [key, upload] of kept.all()) {
    if (await claim(key)) await restore(key, upload);
    // Another tab has it, or this one's page before the reload: it is ours when that is gone without having ended it.
    else void claimInTurn(key).then(() => restore(key, kept.get(key)));
  }
}

async function restore(key: string, upload: KeptSession | undefined): Promise<void> {
  if (!upload) return release(key);
  if (isInLine(key)) return;
  const file = await kept.file(key);
  if (file) addFiles([file], upload);
  else left.value = [...left.value, { key, ...upload }];
}

addEventListener('beforeunload', (event) => {
  // What was copied goes on by itself. For the rest, leaving means choosing the file again, if not worse.
  const lost = Object.values(files.value).some(({ error, progress, meta }) => {
    return !error && !progress.uploadComplete && !kept.isSafe(meta.key);
  });
  if (lost) event.preventDefault();
});

export const pauseOrResume = (id: string): void => void uppy.pauseResume(id);
export const retryUpload = (id: string): void => void uppy.retryUpload(id);
export const removeUpload = (id: string): void => uppy.removeFile(id);

export async function giveUp({ key, session }: Interrupted): Promise<void> {
  drop(key);
  release(key);
  const fileId = fileIdOf(session);
  if (fileId) await client.abandon(fileId).catch(() => {});
}

/** Files that are not here yet. */
export const unsent = computed(
  () => uploads.value.filter(({ state }) => state !== 'done').length + interrupted.value.length,
);

/** For whoever leaves a browser that others use: what is not here yet stops, and nothing of it is left behind. */
export async function forgetUploads(): Promise<void> {
  const begun = [
    ...uploads.value.flatMap(({ state, fileId }) => (state === 'done' ? [] : (fileId ?? []))),
    ...interrupted.value.flatMap(({ session }) => fileIdOf(session) ?? []),
  ];
  const forgotten = kept.dropAll();
  uppy.cancelAll();
  left.value = [];
  // What cannot be given back by then is reclaimed by the server's own expiry.
  const patience = AbortSignal.timeout(GIVE_BACK_MS);
  await Promise.allSettled([forgotten, ...begun.map((fileId) => client.abandon(fileId, patience))]);
}

/** For a video whose file never came: sends it anew, and gives back what was begun. */
export async function sendAgain(video: VideoRecord, file: File): Promise<void> {
  const { file_id, filename, size } = video;
  if (file.size !== size) {
    const mistaken = `${file.name} is not the file that ${filename} was begun with: their sizes differ.`;
    return notify(`${mistaken} To send it as well, choose it in your library.`, 'trouble');
  }
  // This browser knows how to go on with that very upload.
  const goesOn = fileIdOf(kept.get(sessionKey(owner(), file))?.session) === file_id;
  addFiles([file], video);
  if (goesOn) return;
  // It may have come meanwhile; and what cannot be given back now is reclaimed by the server's own expiry.
  await client.abandon(file_id).catch(() => {});
  await refresh(file_id);
}

function shown(file: UppyFile<UploadMeta, Body>): Upload {
  const { id, name, size, progress, meta, error, isPaused } = file;
  const sent = progress.bytesUploaded || 0;
  return {
    id,
    name,
    size: size ?? 0,
    sent,
    state: stateOf(),
    error: error ? inWords(new Error(error)) : '',
    fileId: meta.file_id,
  };

  function stateOf(): Upload['state'] {
    if (error) return 'failed';
    if (progress.uploadComplete) return 'done';
    if (isPaused) return 'paused';
    if (meta.waiting || !online.value) return 'waiting';
    return meta.file_id || sent > 0 ? 'sending' : 'queued';
  }
}

export function uploadWords({ state, sent, size }: Upload): string {
  const far = `${bytes(sent)} of ${bytes(size)}`;
  if (state === 'queued') return `In line, ${bytes(size)}`;
  if (state === 'paused') return `Paused at ${far}`;
  if (state === 'waiting') return `Waiting for the connection, ${far} are there`;
  if (state === 'done') return 'Uploaded';
  if (state === 'failed') return 'Not uploaded';
  return sent < size ? `Uploading, ${far}` : 'All is sent, finishing …';
}
