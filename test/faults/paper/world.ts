import {
  memoryConnectionStore,
  memoryTicketStore,
  memoryUploadStore,
  memoryVideoStore,
} from '../../../adapters/memory/index.ts';
import { sourceKey } from '../../../core/keys.ts';
import { silentLog } from '../../../core/log.ts';
import type { ObjectStore, Ports, VideoStore } from '../../../core/ports/index.ts';
import { Refusal } from '../../../core/refusal.ts';
import { NOTHING_SPENT } from '../../../core/spent.ts';
import { outputKeys, type Video } from '../../../core/video.ts';
import { announce as tell } from '../../../pipeline/notify.ts';
import { aVideo } from '../../a-video.ts';
import { type aClock, paperVision } from '../../twins.ts';
import { countOf } from '../counts.ts';
import type { FinalVideo, Happening, Remains } from '../history.ts';
import { mediaOnPaper, SOURCES, type Variant } from './media.ts';

const CLIENT = 'anna';
const WORKERS = ['worker-1', 'worker-2'];

/** The outside world on paper, which notes down everything that clients can see of it. */
export interface World {
  ports: Omit<Ports, 'tasks'>;
  happenings: Happening[];
  /** A source arrives, as after `POST /upload` and its PUT. */
  send(fileId: string, variant: Variant): Promise<void>;
  remains(): Promise<Pick<Remains, 'videos' | 'objects' | 'uploads' | 'rows'>>;
}

/** @param announce a source's arrival, by its key */
export function paperWorld(clock: ReturnType<typeof aClock>, announce: (key: string) => void): World {
  const happenings: Happening[] = [];
  const store = memoryVideoStore(clock.now);
  const connections = memoryConnectionStore();
  const [uploads, files] = [memoryUploadStore(), memoryUploadStore()];
  const ids: string[] = [];
  let folders = 0;

  /** What the table's stream does. */
  const saw = async (before: Video | undefined, after: Video) => {
    const { file_id, seq, attempt, processes } = after;
    happenings.push({ kind: 'polled', file_id, seq, attempt, processes });
    const count = countOf(after, await store.pieces(file_id));
    if (count) happenings.push({ kind: 'counted', file_id, ...count });
    await tell(ports, before, after);
  };
  const videos: VideoStore = {
    ...store,
    async change(fileId, decide) {
      let before: Video | undefined;
      const changed = await store.change(fileId, (video) => {
        before = video;
        return decide(video);
      });
      if (!(changed instanceof Refusal) && changed.seq !== before?.seq) await saw(before, changed);
      return changed;
    },
    async changePiece(of, decide) {
      let before: Video | undefined;
      const changed = await store.changePiece(of, (record) => {
        before = record.video;
        return decide(record);
      });
      if (!(changed instanceof Refusal) && changed.video.seq !== before?.seq) await saw(before, changed.video);
      return changed;
    },
  };
  const ports = {
    videos,
    connections,
    uploads,
    tickets: memoryTicketStore(clock.now),
    files: withoutFiles(files),
    access: { allow: async () => [] },
    arrivals: { announce: async (key) => announce(key) },
    audience: {
      async tell(connection, message) {
        if (message.type === 'status_update') {
          happenings.push({ kind: 'told', client_id: CLIENT, connection, notice: message });
        }
        return 'told';
      },
    },
    media: mediaOnPaper(),
    vision: paperVision(),
    workers: { present: async () => WORKERS.map((worker) => ({ worker, broker: 'up' })) },
    meter: { taken: () => ({ ...NOTHING_SPENT, runs: 1 }) },
    scratch: (use) => {
      folders += 1;
      return use(`/on/paper/${folders}`);
    },
    now: clock.now,
    log: silentLog,
  } satisfies Omit<Ports, 'tasks'>;

  return {
    ports,
    happenings,
    async send(file_id, variant) {
      if (ids.length === 0) {
        const connected_at = clock.now().toISOString();
        await connections.add({ connection_id: 'c', owner: null, client_id: CLIENT, connected_at });
      }
      ids.push(file_id);
      const source = SOURCES[variant];
      await videos.create(aVideo({ file_id, client_id: CLIENT, size: source.length }, clock.now()));
      await uploads.write(sourceKey(file_id), source, { contentType: 'video/mp4' });
      happenings.push({ kind: 'accepted', file_id, client_id: CLIENT, variant, undisturbed: false });
      announce(sourceKey(file_id));
    },
    async remains() {
      const found = await Promise.all(ids.map((id) => store.get(id)));
      const finals = await Promise.all(found.flatMap((video) => (video ? [finalOf(video)] : [])));
      const pieces = await Promise.all(
        ids.map(async (id) => (await store.pieces(id)).map(({ name }) => ({ pk: `PIECES#${id}`, sk: name }))),
      );
      return {
        videos: new Map(finals),
        objects: [...uploads.keys().map((key) => `uploads:${key}`), ...files.keys().map((key) => `files:${key}`)],
        uploads: [...uploads.unfinished(), ...files.unfinished()],
        rows: pieces.flat(),
      };
    },
  };

  async function finalOf(video: Video): Promise<[string, FinalVideo]> {
    const { file_id, attempt, processes, chunk_seconds, source, outputs } = video;
    const made = outputKeys(video).map((key) => `files:${key}`);
    const objects = [...(source ? [`uploads:${source.key}`] : []), ...made];
    const head = outputs.enhanced && (await files.head(outputs.enhanced.key));
    const enhanced = head && (await files.read(head.key, { start: 0, end: head.size - 1 }));
    const pictures = enhanced ? Buffer.concat(await enhanced.toArray()).toString() : null;
    return [file_id, { attempt, processes, chunk_seconds, objects, pictures }];
  }
}

/** There are no files on paper: what was made is what its path says. */
function withoutFiles(files: ObjectStore): ObjectStore {
  return { ...files, writeFile: (key, path, meta) => files.write(key, path, meta) };
}
