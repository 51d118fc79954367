import { computed, signal } from '@preact/signals';
import { Uppy } from '@uppy/core';
import type { Body, UppyFile } from '@uppy/core/utils';
import type { ProfileName } from '../../core/profiles/names.ts';
import { videoTypeOf } from '../../core/video-type.ts';
import { client } from '../api.ts';
import { refresh } from '../library/store.ts';
import { inWords } from '../problem.ts';
import { storage } from '../storage.ts';
import { announce, notify } from '../ui/notices.tsx';
import { bytes, PROFILE_ORDER } from '../words.ts';
import { claim, release } from './claims.ts';
import { dropFile, KEEP_UP_TO, keepFile, keptFile } from './kept-files.ts';
import { createSessions, type KeptSession, sessionKey } from './sessions.ts';
import { Uploader, type UploadMeta } from './uploader.ts';

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

/** An upload that a reload cut off and whose file has to be chosen again. */
export type Interrupted = KeptSession & { key: string };

const sessions = createSessions(storage);
const files = signal<Record<string, UppyFile<UploadMeta, Body>>>({});
const left = signal<Interrupted[]>([]);
const online = signal(navigator.onLine);
addEventListener('online', () => {
  online.value = true;
});
addEventListener('offline', () => {
  online.value = false;
});

export const profile = signal<ProfileName>(PROFILE_ORDER[0] ?? 'adaptive');
export const uploads = computed(() => Object.values(files.value).map(shown));
export const interrupted = computed(() => {
  const present = new Set(Object.values(files.value).map(({ meta }) => meta.key));
  return left.value.filter(({ key }) => !present.has(key));
});

const uppy = new Uppy<UploadMeta, Body>({ autoProceed: true, allowMultipleUploadBatches: true });
uppy.use(Uploader, {
  client,
  sessionOf: (key) => sessions.get(key)?.session,
  keep: (file, session) => {
    const { name, meta } = file;
    sessions.put(meta.key, { name, size: file.size ?? 0, profile: meta.profile, session });
    if (file.data instanceof File) void keepFile(meta.key, file.data);
  },
  forget: (key) => {
    sessions.remove(key);
    left.value = left.value.filter((kept) => kept.key !== key);
    void dropFile(key);
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
  if (fileId) await refresh(fileId);
  if (uppy.getState().files[file.id]) uppy.removeFile(file.id);
});
uppy.on('upload-error', (file, error) => {
  if (file) announce(`${file.name} could not be uploaded. ${inWords(error)}`);
});

/** Puts files in line, and says which are none that could be. */
export function addFiles(chosen: Iterable<File>, chosenProfile = profile.value): void {
  const refused: string[] = [];
  for (const file of chosen) {
    const type = videoTypeOf(file);
    const key = sessionKey(file);
    if (!type) refused.push(`${file.name} is not a video.`);
    else if (file.size === 0) refused.push(`${file.name} is empty.`);
    else if (Object.values(uppy.getState().files).some(({ meta }) => meta.key === key)) {
      refused.push(`${file.name} is being uploaded already.`);
    } else {
      const kept = sessions.get(key);
      const meta: UploadMeta = { key, profile: kept?.profile ?? chosenProfile };
      if (kept) meta.file_id = kept.session.file_id;
      void claim(key);
      uppy.addFile({ name: file.name, type, data: file, source: 'page', meta });
    }
  }
  if (refused.length > 0) notify(`${refused.join(' ')} Choose video files, such as MP4, MOV, MKV or WebM.`, 'trouble');
}

/** What a reload cut off goes on; where the browser kept no copy of the file, it is asked for. */
export async function restoreUploads(): Promise<void> {
  for (const [key, kept] of sessions.all()) {
    if (!(await claim(key))) continue;
    const file = await keptFile(key);
    if (file) addFiles([file], kept.profile);
    else left.value = [...left.value, { key, ...kept }];
  }
}

addEventListener('beforeunload', (event) => {
  // What is kept goes on by itself; for the rest, leaving means choosing the file again.
  const lost = uploads.value.some(
    ({ state, size }) => size > KEEP_UP_TO && (state === 'sending' || state === 'waiting'),
  );
  if (lost) event.preventDefault();
});

export const pauseOrResume = (id: string): void => void uppy.pauseResume(id);
export const retryUpload = (id: string): void => void uppy.retryUpload(id);
export const removeUpload = (id: string): void => uppy.removeFile(id);

export async function giveUp({ key, session }: Interrupted): Promise<void> {
  sessions.remove(key);
  left.value = left.value.filter((kept) => kept.key !== key);
  release(key);
  await client.abandon(session.file_id).catch(() => {});
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
