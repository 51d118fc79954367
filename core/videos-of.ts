import type { Owner } from './owner.ts';
import type { VideoStore } from './ports/video-store.ts';
import { Refusal } from './refusal.ts';
import type { Video } from './video.ts';

/**
 * The videos of one owner: another's are not there, to be read, changed, listed or removed, and what is added becomes
 * theirs. Steps that people ask for are given this view, so none of them has to think of owners.
 */
export function videosOf(owner: Owner, all: VideoStore): VideoStore {
  const isTheirs = (video: Pick<Video, 'owner'>) => video.owner === owner;
  const ifTheirs = async <T>(fileId: string, use: () => Promise<T>, otherwise: T): Promise<T> => {
    const video = await all.get(fileId);
    return video && isTheirs(video) ? use() : otherwise;
  };
  const gone = new Refusal('gone');
  return {
    create: (video, once) => all.create({ ...video, owner }, once),
    async get(fileId) {
      const video = await all.get(fileId);
      return video && isTheirs(video) ? video : undefined;
    },
    change: (fileId, decide) => all.change(fileId, (video) => (isTheirs(video) ? decide(video) : gone)),
    list: async (shelf, page) => (shelf.owner === owner ? all.list(shelf, page) : { videos: [], cursor: null }),
    recent: async (client, since) => (client.owner === owner ? all.recent(client, since) : []),
    changePiece: (of, decide) => all.changePiece(of, (record) => (isTheirs(record.video) ? decide(record) : gone)),
    pieces: (fileId) => ifTheirs(fileId, () => all.pieces(fileId), []),
    removePieces: (fileId, attempt) => ifTheirs(fileId, () => all.removePieces(fileId, attempt), undefined),
    async *watched() {
      for await (const watched of all.watched()) {
        if (await ifTheirs(watched.file_id, async () => true, false)) yield watched;
      }
    },
    unwatch: (watched) => ifTheirs(watched.file_id, () => all.unwatch(watched), undefined),
    remove: async (video) => {
      if (isTheirs(video)) await all.remove(video);
    },
  };
}
