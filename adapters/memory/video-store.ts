import { ObjectConflict, RequestError } from '../../core/errors.ts';
import { belongsInSnapshot } from '../../core/notices.ts';
import { isOn, type Shelf } from '../../core/owner.ts';
import { newPiece, Piece } from '../../core/pieces.ts';
import type { VideoStore } from '../../core/ports/video-store.ts';
import { Refusal } from '../../core/refusal.ts';
import { hourOf, spenderOf, tooManyUploads, tooManyVideos, type UseLimits } from '../../core/use-limits.ts';
import { isInFlight, Video } from '../../core/video.ts';
import { cursorAt, pageSize, position, positionOf, searchable } from '../../core/video-list.ts';

const ONCE_MS = 24 * 60 * 60 * 1000;

/** Records in memory. Like every store it hands out copies: a record changes by `change` alone. */
export function memoryVideoStore(now: () => Date = () => new Date(), limits?: UseLimits): VideoStore {
  const records = new Map<string, Video>();
  const watching = new Map<string, number>();
  const rows = new Map<string, Map<string, Piece>>();
  const used = new Map<string, { fingerprint: string; fileId: string; until: number }>();

  const uses = new Map<string, number>();

  /** Counts what the record becomes, if there is room for it. */
  function count(from: Video | undefined, to: Video): void {
    const key = JSON.stringify([spenderOf(to), hourOf(now())]);
    const uploads = (uses.get(key) ?? 0) + 1;
    const begins = to.attempt !== from?.attempt;
    if (limits && begins && uploads > limits.uploadsPerHour) throw tooManyUploads(limits, now());
    const flies = isInFlight(to) && !(from && isInFlight(from));
    const inFlight = [...records.values()].filter(isInFlight).length;
    if (limits && flies && inFlight >= limits.videosInFlight) throw tooManyVideos();
    if (begins) uses.set(key, uploads);
  }

  /** Newest first. */
  const on = (shelf: Shelf): Video[] =>
    [...records.values()].filter((video) => isOn(video, shelf)).sort((a, b) => (position(a) < position(b) ? 1 : -1));

  return {
    async create(video, once) {
      const onceKey = once && JSON.stringify([video.owner, video.client_id, once.key]);
      const first = onceKey === undefined ? undefined : used.get(onceKey);
      if (once && first && first.until > now().getTime()) {
        if (first.fingerprint !== once.fingerprint) {
          const detail = 'This Idempotency-Key was used with another request: choose a new one.';
          throw new RequestError(409, 'idempotency_conflict', detail);
        }
        const record = records.get(first.fileId);
        if (record) return structuredClone(record);
      }
      if (records.has(video.file_id)) {
        throw new ObjectConflict('video_exists', `There is a video ${video.file_id} already.`);
      }
      count(undefined, video);
      records.set(video.file_id, Video.parse(video));
      watching.set(video.file_id, video.attempt);
      if (once && onceKey !== undefined) {
        const until = now().getTime() + ONCE_MS;
        used.set(onceKey, { fingerprint: once.fingerprint, fileId: video.file_id, until });
      }
      return video;
    },

    async get(fileId) {
      return structuredClone(records.get(fileId));
    },

    async change(fileId, decide) {
      const current = structuredClone(records.get(fileId));
      if (!current) return new Refusal('gone');
      const decided = decide(current);
      if (decided instanceof Refusal || decided === current) return decided;
      const next = { ...decided, seq: current.seq + 1 };
      count(current, next);
      records.set(fileId, Video.parse(next));
      if (next.attempt !== current.attempt) watching.set(fileId, next.attempt);
      return next;
    },

    async changePiece({ file_id, plan, name }, decide) {
      const video = structuredClone(records.get(file_id));
      if (!video) return new Refusal('gone');
      const pieces = rows.get(file_id) ?? new Map<string, Piece>();
      const key = `${plan} ${name}`;
      const stored = structuredClone(pieces.get(key));
      const piece = stored ?? newPiece({ plan, name, attempt: video.attempt }, now());
      const decided = decide({ video, piece });
      if (decided instanceof Refusal) return decided;
      const next = {
        video: decided.video === video ? video : Video.parse({ ...decided.video, seq: video.seq + 1 }),
        piece: decided.piece === piece ? piece : Piece.parse({ ...decided.piece, seq: piece.seq + 1 }),
      };
      count(video, next.video);
      records.set(file_id, next.video);
      if (decided.piece !== piece) rows.set(file_id, pieces.set(key, next.piece));
      return structuredClone(next);
    },

    async pieces(fileId) {
      return structuredClone([...(rows.get(fileId)?.values() ?? [])]);
    },

    async removePieces(fileId, attempt) {
      const pieces = rows.get(fileId);
      for (const [key, piece] of pieces ?? []) if (piece.attempt <= attempt) pieces?.delete(key);
    },

    async list(shelf, { query, limit, cursor }) {
      const size = pageSize(limit);
      const from = cursor === undefined ? undefined : positionOf(cursor);
      const found = on(shelf)
        .filter((video) => from === undefined || position(video) < from)
        .filter(({ filename }) => searchable(filename).includes(searchable(query ?? '')));
      const page = found.slice(0, size);
      const last = found.length > size ? page.at(-1) : undefined;
      return { videos: structuredClone(page), cursor: last ? cursorAt(position(last)) : null };
    },

    async recent(client, since) {
      return structuredClone(on(client).filter((video) => belongsInSnapshot(video, since)));
    },

    async *watched() {
      for (const [file_id, attempt] of [...watching]) yield { file_id, attempt };
    },

    async unwatch({ file_id, attempt }) {
      if (watching.get(file_id) === attempt) watching.delete(file_id);
    },

    async remove({ file_id }) {
      records.delete(file_id);
      rows.delete(file_id);
      watching.delete(file_id);
      for (const [key, { fileId }] of used) if (fileId === file_id) used.delete(key);
    },
  };
}
