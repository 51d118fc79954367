import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Client, createClient, metadataPath, type VideoState } from '../../client/node.ts';
import type { Notice } from '../../core/notices.ts';

const EXAMPLE = join(resolve(import.meta.dirname, '..', '..'), 'examples', 'big-buck-bunny.mp4');
/** What the documents call the video and its client, and when they say that it was sent. */
const FILE_ID = '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';
const CLIENT_ID = 'my-laptop';
const SENT_AT = Date.parse('2026-11-22T18:00:00.000Z');
/** Of a video in the middle of its work, shown as such: what is past that looks as good as done. */
const HALF = 60;

/**
 * What the service answers of a real video, as the documents show it: the record, both status calls in every state that
 * people see, the metadata document, and what the WebSocket told meanwhile. Removes the video again.
 */
export async function recordExamples(base: string) {
  const clientId = `examples-${crypto.randomUUID()}`;
  const client = createClient({ baseUrl: base, clientId });
  const began = Date.now();
  const notices: Notice[] = [];
  const stop = client.listen({ notice: (notice) => notices.push(notice), connected: () => {} });
  const ids: string[] = [];
  const send = async (name: string, bytes: Blob) => {
    ids.push(await client.upload({ name, size: bytes.size, type: 'video/mp4', slice: bytes.slice.bind(bytes) }));
    return ids.at(-1) ?? '';
  };
  try {
    const id = await send('big-buck-bunny.mp4', new Blob([await readFile(EXAMPLE)]));
    let processing: unknown;
    const end = await follow(
      client,
      id,
      async ({
        processes: {
          video_enhancement: { status, progress },
        },
      }) => {
        if (status === 'processing' && progress <= HALF) processing = await json(client, statusPath('enhancement', id));
      },
    );
    if (end.processes.video_enhancement.status !== 'completed') throw new Error('The example was not enhanced.');
    const told = [...notices];
    const broken = await send('shopping-list.mp4', new Blob(['milk, bread, eggs\n'.repeat(20)]));
    await follow(client, broken, async () => {});
    const said = {
      video: await client.get(id),
      enhancement: {
        processing,
        completed: await json(client, statusPath('enhancement', id)),
        failed: await json(client, statusPath('enhancement', broken)),
      },
      extraction: {
        completed: await json(client, statusPath('extraction', id)),
        failed: await json(client, statusPath('extraction', broken)),
      },
      metadata: await json(client, metadataPath(id)),
      notices: {
        connection: told.find(({ type }) => type === 'connection'),
        upload_status: told.find(({ type }) => type === 'upload_status'),
        status_update: told.findLast(
          (each) =>
            each.type === 'status_update' &&
            each.process_type === 'video_enhancement' &&
            each.status === 'processing' &&
            each.progress <= HALF,
        ),
      },
    };
    return settled(said, { clientId, ids, began });
  } finally {
    stop();
    for (const id of ids) await client.remove(id);
  }
}

/** Moved to one name and one time, so that two recordings differ by what changed and by nothing else. */
function settled<T>(said: T, { clientId, ids, began }: { clientId: string; ids: string[]; began: number }): T {
  const named = ids.reduce((text, id) => text.replaceAll(id, FILE_ID), JSON.stringify(said));
  const moved = named.replaceAll(clientId, CLIENT_ID).replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, (time) => {
    const at = Date.parse(time);
    // What is older is the file's own, such as when it was made.
    return at < began - 60_000 ? time : new Date(SENT_AT + at - began).toISOString();
  });
  return JSON.parse(moved) as T;
}

async function follow(client: Client, id: string, look: (state: VideoState) => Promise<void>): Promise<VideoState> {
  let last: VideoState | undefined;
  for await (const state of client.watch(id)) {
    await look(state);
    last = state;
  }
  if (!last) throw new Error('Nothing was told of the video.');
  return last;
}

const statusPath = (process: 'enhancement' | 'extraction', id: string) =>
  `/internal/${process === 'enhancement' ? 'video-enhancement' : 'metadata-extraction'}-status/${id}`;

const json = async (client: Client, path: string): Promise<unknown> => (await client.download(path)).json();
