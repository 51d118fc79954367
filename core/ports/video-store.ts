import type { ClientRef, Shelf } from '../owner.ts';
import type { Piece } from '../pieces.ts';
import type { Refusal } from '../refusal.ts';
import type { Video } from '../video.ts';

/** Where the records of videos live. Reads are strongly consistent. */
export interface VideoStore {
  /**
   * Adds a new record. With an idempotency key that this client used within a day, nothing is added and the record of
   * the first call is answered.
   *
   * @throws RequestError 409 `idempotency_conflict` when the key was used with other content (`fingerprint` differs);
   *   Overuse when there is no room for more: 429 `too_many_uploads`, 503 `too_many_videos`. A repeat is no more.
   */
  create(video: Video, once?: { key: string; fingerprint: string }): Promise<Video>;

  get(fileId: string): Promise<Video | undefined>;

  /**
   * Moves a record forward, or does nothing: reads it, asks `decide` (a pure function: it runs again when somebody
   * else was faster), and writes the answer with `seq` one higher on the condition that nobody wrote in between.
   * `gone` when there is no such record.
   *
   * @throws TransientError `contended` when others were faster too often; Overuse, as above, when it would begin anew
   */
  change(fileId: string, decide: (video: Video) => Video | Refusal): Promise<Video | Refusal>;

  /** Newest first. `cursor` is opaque; `query` is sought in filenames, ignoring case. */
  list(shelf: Shelf, page: ListPage): Promise<{ videos: Video[]; cursor: string | null }>;

  /** A client's videos that are in flight or were last changed after `since`. */
  recent(client: ClientRef, since: Date): Promise<Video[]>;

  /**
   * Every attempt that was begun and not yet struck off, in no order: what may still be in flight, and some that ended.
   * A list of its own, so that looking after what is in flight does not read everything that ever was.
   */
  watched(): AsyncIterable<Watched>;
  /** Strikes an attempt off the list, unless another one began since. */
  unwatch(watched: Watched): Promise<void>;

  /**
   * Moves a piece forward together with its video, as `change` does: both are read, `decide` is asked, and what it
   * changed of them is written at once or not at all. A piece that was never written is handed to it as new.
   */
  changePiece(of: PieceRef, decide: (record: PieceOfVideo) => PieceOfVideo | Refusal): Promise<PieceOfVideo | Refusal>;
  /** All pieces that were begun, of whatever plan, in no order. */
  pieces(fileId: string): Promise<Piece[]>;
  /** Removes the pieces that were last worked on in this attempt or an earlier one. */
  removePieces(fileId: string, attempt: number): Promise<void>;

  /** Removes every row of the video. Removing what is not there is no error. */
  remove(video: Pick<Video, 'file_id' | 'owner' | 'client_id' | 'created_at'>): Promise<void>;
}

export interface ListPage {
  query?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface Watched {
  file_id: string;
  attempt: number;
}

export interface PieceRef {
  file_id: string;
  plan: string;
  name: string;
}

export interface PieceOfVideo {
  video: Video;
  piece: Piece;
}
