import { computed, signal } from '@preact/signals';
import { ClientError, isSettled, type VideoRecord, type VideoState } from '../../client/index.ts';
import { standingOf } from '../../core/standing.ts';
import { client } from '../api.ts';
import { inWords } from '../problem.ts';
import { signIn } from '../sign-in/settings.ts';
import { isUnderWay } from '../standing.ts';
import { announce } from '../ui/notices.tsx';
import { inserted, merged, withSource } from './news.ts';

/*
 * What is known of videos. Records come from the API, news over the WebSocket; a video under way is followed until it
 * has ended, by whichever of the two answers.
 */

const PAGE = 24;
/** Until an analysis is there to be shown, a record is asked for it this often while it is being worked on. */
const ANALYSIS_MS = 2_500;
/** A connection begins with a message for each process of each video: they are taken together. */
const TOGETHER_MS = 150;

export const videos = signal<ReadonlyMap<string, VideoRecord>>(new Map());
/** Whether news come over the WebSocket at this moment. */
export const connected = signal(false);
export const query = signal('');
export const listing = signal<{
  ids: readonly string[];
  cursor: string | null;
  state: 'loading' | 'there' | 'failed';
  error: string;
}>({
  ids: [],
  cursor: null,
  state: 'loading',
  error: '',
});
export const listed = computed(() => listing.value.ids.flatMap((id) => videos.value.get(id) ?? []));

const followed = new Set<string>();
/** What this page has sent to its last byte. */
const sent = new Set<string>();
let asked = 0;

/** Reads the first page and listens from then on. */
export function startLibrary(): void {
  void loadPage();
  const heard = new Map<string, number>();
  const askForNews = () => {
    if (listing.value.state === 'loading') return void setTimeout(askForNews, TOGETHER_MS);
    for (const [fileId, seq] of heard) {
      const known = videos.value.get(fileId);
      if (!followed.has(fileId) && (!known || known.seq < seq)) void refresh(fileId);
    }
    heard.clear();
  };
  client.listen({
    connected: (is) => {
      connected.value = is;
    },
    notice: (notice) => {
      if (notice.type === 'connection' || followed.has(notice.file_id)) return;
      if (heard.size === 0) setTimeout(askForNews, TOGETHER_MS);
      heard.set(notice.file_id, notice.seq);
    },
  });
}

/** @param cursor where the page begins; without one, the list begins anew */
export async function loadPage(cursor?: string): Promise<void> {
  const turn = ++asked;
  listing.value = { ...listing.value, state: 'loading' };
  try {
    const q = query.value.trim();
    const page = await client.list({
      limit: PAGE,
      everyClient: signIn !== undefined,
      ...(q && { q }),
      ...(cursor && { cursor }),
    });
    if (turn !== asked) return;
    for (const video of page.videos) put(video);
    const ids = page.videos.map(({ file_id }) => file_id);
    listing.value = {
      ids: cursor ? [...new Set([...listing.value.ids, ...ids])] : ids,
      cursor: page.cursor,
      state: 'there',
      error: '',
    };
  } catch (error) {
    if (turn === asked) listing.value = { ...listing.value, state: 'failed', error: inWords(error) };
  }
}

/** @throws ClientError 404 where there is none */
export async function load(fileId: string): Promise<VideoRecord> {
  const record = await client.get(fileId);
  put(record);
  return videos.value.get(fileId) ?? record;
}

/** As `load`, for news: what is gone is taken away, and what cannot be asked now will be heard of again. */
export async function refresh(fileId: string): Promise<void> {
  try {
    const record = await load(fileId);
    if ((signIn || record.client_id === client.clientId) && matches(record)) {
      const { ids, cursor } = listing.value;
      listing.value = { ...listing.value, ids: inserted(ids, record, videos.value, cursor !== null) };
    }
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) forget(fileId);
  }
}

/** As `refresh`, for what was sent a moment ago: the storage has it, and its record says so a little later. */
export async function refreshSent(fileId: string): Promise<void> {
  sent.add(fileId);
  await refresh(fileId);
}

export function forget(fileId: string): void {
  const left = new Map(videos.value);
  left.delete(fileId);
  videos.value = left;
  listing.value = { ...listing.value, ids: listing.value.ids.filter((id) => id !== fileId) };
}

function put(read: VideoRecord): void {
  const record = merged(videos.value.get(read.file_id), sent.has(read.file_id) ? withSource(read) : read);
  videos.value = new Map(videos.value).set(record.file_id, record);
  if (isUnderWay(record)) void follow(record.file_id);
}

async function follow(fileId: string): Promise<void> {
  if (followed.has(fileId)) return;
  followed.add(fileId);
  let lookedAt = Date.now();
  try {
    for await (const state of client.watch(fileId)) {
      const before = videos.value.get(fileId);
      if (!before) return;
      const turned = withState(before, state);
      videos.value = new Map(videos.value).set(fileId, turned);
      const lacksAnalysis = !before.analysis && before.profile === 'adaptive' && Date.now() - lookedAt > ANALYSIS_MS;
      if (!isSettled(state) && (changed(before, turned) || lacksAnalysis)) {
        lookedAt = Date.now();
        void refresh(fileId);
      }
    }
  } catch {
    // The server was silent for long: whatever is heard next begins it again.
  } finally {
    followed.delete(fileId);
    await refresh(fileId);
    const record = videos.value.get(fileId);
    if (record) tell(record);
  }
}

function withState(record: VideoRecord, { processes }: VideoState): VideoRecord {
  const { video_enhancement, metadata_extraction } = record.processes;
  const merged = {
    ...record,
    processes: {
      video_enhancement: { ...video_enhancement, ...processes.video_enhancement },
      metadata_extraction: { ...metadata_extraction, ...processes.metadata_extraction },
    },
  };
  return { ...merged, status: standingOf(merged) };
}

function changed(before: VideoRecord, after: VideoRecord): boolean {
  return (
    before.processes.video_enhancement.status !== after.processes.video_enhancement.status ||
    before.processes.metadata_extraction.status !== after.processes.metadata_extraction.status
  );
}

function tell({ filename, ...record }: VideoRecord): void {
  const standing = standingOf(record);
  if (standing === 'completed') announce(`${filename} is ready.`);
  if (standing === 'failed') announce(`${filename} could not be finished.`);
  if (standing === 'cancelled') announce(`The work on ${filename} was stopped.`);
}

function matches({ filename }: VideoRecord): boolean {
  return filename.toLowerCase().includes(query.value.trim().toLowerCase());
}
