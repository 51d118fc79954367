import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PieceOfVideo, VideoStore } from '../../core/ports/video-store.ts';
import { abandon } from '../../core/process.ts';
import { Refusal } from '../../core/refusal.ts';
import { cancelVideo, changeProcess, isInFlight, type Video } from '../../core/video.ts';
import { aVideo, nobodys } from '../a-video.ts';
import { aClock } from '../twins.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const REASON = { code: 'x', message: 'x' };

/**
 * What every video store must do. The store may be shared with others: each test has clients of its own.
 *
 * @param open - a store that takes the time from this clock
 * @param runs - how many random histories to try
 */
export function videoStoreConformance(open: (now: () => Date) => VideoStore, { runs = 50 } = {}): void {
  let clock: ReturnType<typeof aClock>;
  let store: VideoStore;
  let client: string;
  beforeEach(() => {
    clock = aClock();
    store = open(clock.now);
    client = `client-${randomUUID()}`;
  });

  /** A record, created `seconds` after the clock's start. */
  const add = (changes: Parameters<typeof aVideo>[0] = {}, seconds = 0) =>
    store.create(fresh({ client_id: client, ...changes }, seconds));
  const touch = (video: Video): Video => ({ ...video, updated_at: clock.now().toISOString() });

  describe('create and get', () => {
    it('gives back what was put in', async () => {
      const video = fresh({ client_id: client, filename: 'Ünïcode 🎬 "quoted".mp4' });
      expect(await store.create(video)).toEqual(video);
      expect(await store.get(video.file_id)).toEqual(video);
    });

    it('knows no record that was never added', async () => {
      expect(await store.get(randomUUID())).toBeUndefined();
    });

    it('refuses a second record under the same id, and keeps the first', async () => {
      const video = await add();
      await expect(store.create({ ...video, filename: 'other.mp4' })).rejects.toMatchObject({ code: 'video_exists' });
      expect(await store.get(video.file_id)).toEqual(video);
    });

    it('hands out copies: changing one changes nothing', async () => {
      const { file_id } = await add();
      const copy = await store.get(file_id);
      if (copy) copy.filename = 'changed';
      expect((await store.get(file_id))?.filename).toBe('Holiday.mp4');
    });
  });

  describe('idempotency keys', () => {
    const once = { key: 'key with spaces, ümläuts and #', fingerprint: 'f1' };
    const again = () => fresh({ client_id: client });

    it('answer the first record as it is now, and add nothing', async () => {
      const first = await store.create(again(), once);
      const changed = await store.change(first.file_id, touch);
      expect(await store.create(again(), once)).toEqual(changed);
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toEqual([changed]);
    });

    it('are refused for other content', async () => {
      await store.create(again(), once);
      const other = { ...once, fingerprint: 'f2' };
      await expect(store.create(again(), other)).rejects.toMatchObject({ code: 'idempotency_conflict', status: 409 });
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toHaveLength(1);
    });

    it('belong to one client each, and to one key', async () => {
      const first = await store.create(again(), once);
      const others = await store.create(fresh({ client_id: `${client}-2` }), once);
      const otherKey = await store.create(again(), { ...once, key: `${once.key}2` });
      expect(new Set([first.file_id, others.file_id, otherKey.file_id]).size).toBe(3);
    });

    it('may be as long as HTTP lets them be', async () => {
      const long = { key: 'k'.repeat(8000), fingerprint: 'f' };
      const first = await store.create(again(), long);
      expect(await store.create(again(), long)).toEqual(first);
    });

    it('are forgotten after a day, and not before', async () => {
      const first = await store.create(again(), once);
      clock.pass(DAY_MS - 1000);
      expect((await store.create(again(), once)).file_id).toBe(first.file_id);
      clock.pass(2000);
      const second = await store.create(again(), once);
      expect(second.file_id).not.toBe(first.file_id);
      expect((await store.create(again(), once)).file_id).toBe(second.file_id);
    });

    it('go with their video', async () => {
      const first = await store.create(again(), once);
      await store.remove(first);
      const second = await store.create(again(), { ...once, fingerprint: 'f2' });
      expect(await store.get(second.file_id)).toEqual(second);
    });

    it('stay with a later video that took them over', async () => {
      const first = await store.create(again(), once);
      clock.pass(DAY_MS + 1000);
      const second = await store.create(again(), once);
      await store.remove(first);
      expect((await store.create(again(), once)).file_id).toBe(second.file_id);
    });

    it('let one of many simultaneous calls add a record', async () => {
      const calls = await Promise.all(Array.from({ length: 8 }, () => store.create(again(), once)));
      expect(new Set(calls.map(({ file_id }) => file_id)).size).toBe(1);
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toHaveLength(1);
    });
  });

  describe('change', () => {
    it('writes what was decided, with the next seq', async () => {
      const video = await add();
      clock.pass(1000);
      const changed = await store.change(video.file_id, (current) => touch({ ...current, attempt: 2 }));
      expect(changed).toEqual({ ...video, attempt: 2, seq: 2, updated_at: clock.now().toISOString() });
      expect(await store.get(video.file_id)).toEqual(changed);
    });

    it('passes a refusal on and writes nothing', async () => {
      const video = await add();
      const refusal = new Refusal('held', new Date(0));
      expect(await store.change(video.file_id, () => refusal)).toBe(refusal);
      expect(await store.get(video.file_id)).toEqual(video);
    });

    it('writes nothing when nothing is to change', async () => {
      const video = await add();
      expect(await store.change(video.file_id, (current) => current)).toEqual(video);
      expect((await store.get(video.file_id))?.seq).toBe(1);
    });

    it('refuses `gone` without asking when there is no record, and does not bring one back', async () => {
      const video = await add();
      await store.remove(video);
      const decide = () => {
        throw new Error('must not be asked');
      };
      expect(await store.change(video.file_id, decide)).toMatchObject({ reason: 'gone' });
      expect(await store.get(video.file_id)).toBeUndefined();
    });

    it('lets an error of the decision through and writes nothing', async () => {
      const video = await add();
      const decide = () => {
        throw new RangeError('no');
      };
      await expect(store.change(video.file_id, decide)).rejects.toThrow(RangeError);
      expect(await store.get(video.file_id)).toEqual(video);
    });

    it('refuses to write a record that could not be read again', async () => {
      const video = await add();
      await expect(store.change(video.file_id, (current) => ({ ...current, attempt: 0.5 }))).rejects.toThrow();
      expect(await store.get(video.file_id)).toEqual(video);
    });

    it('loses no change of many at once, whatever they are', async () => {
      const operation = fc.constantFrom('bump', 'cancel', 'revive', 'refuse', 'same');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(operation, { maxLength: 4 }), { maxLength: 6 }), async (writers) => {
          const { file_id } = await add();
          const seqs: number[] = [];
          await Promise.all(
            writers.map(async (operations) => {
              for (const name of operations) {
                const answer = await store.change(file_id, OPERATIONS[name]);
                const isWrite = name === 'bump' || name === 'revive';
                if (isWrite && !(answer instanceof Refusal)) seqs.push(answer.seq);
              }
            }),
          );
          const final = await store.get(file_id);
          expect(final?.attempt).toBe(1 + writers.flat().filter((name) => name === 'bump').length);
          expect(new Set(seqs).size).toBe(writers.flat().filter((name) => name === 'bump' || name === 'revive').length);
          expect(final?.seq).toBeGreaterThanOrEqual(Math.max(1, ...seqs));
          // However it came about, the listing agrees with the record.
          const recent = await store.recent(nobodys(client), new Date('2100-01-01'));
          expect(recent.filter((video) => video.file_id === file_id)).toEqual(final && inFlight(final) ? [final] : []);
        }),
        { numRuns: runs },
      );
    });
  });

  describe('list', () => {
    it('shows a client its videos, newest first, and nobody else’s', async () => {
      const [a, b, c] = [await add({}, 1), await add({}, 3), await add({}, 2)];
      await store.create(fresh({ client_id: `${client}-2` }, 4));
      expect(await store.list(nobodys(client), { limit: 10 })).toEqual({ videos: [b, c, a], cursor: null });
      expect(await store.list(nobodys('nobody'), { limit: 10 })).toEqual({ videos: [], cursor: null });
    });

    it('shows records as they are now', async () => {
      const video = await add();
      const changed = await store.change(video.file_id, touch);
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toEqual([changed]);
      await store.remove(video);
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toEqual([]);
    });

    it('goes through pages without losing or repeating one, even created in the same instant', async () => {
      const added = await Promise.all(Array.from({ length: 7 }, (_, index) => add({}, index % 2)));
      const seen: string[] = [];
      let cursor: string | null = null;
      const sizes: number[] = [];
      do {
        const page = await store.list(nobodys(client), { limit: 3, cursor: cursor ?? undefined });
        sizes.push(page.videos.length);
        seen.push(...page.videos.map(({ file_id }) => file_id));
        cursor = page.cursor;
      } while (cursor !== null);
      expect(sizes).toEqual([3, 3, 1]);
      expect(new Set(seen)).toEqual(new Set(added.map(({ file_id }) => file_id)));
      expect(seen).toHaveLength(7);
    });

    it('has no cursor behind the last video', async () => {
      await Promise.all([add({}, 1), add({}, 2)]);
      expect((await store.list(nobodys(client), { limit: 2 })).cursor).toBeNull();
      expect((await store.list(nobodys(client), { limit: 1 })).cursor).toBeTypeOf('string');
    });

    it('goes on where it stopped when the video there has been removed', async () => {
      const [old, middle, young] = [await add({}, 1), await add({}, 2), await add({}, 3)];
      const { cursor } = await store.list(nobodys(client), { limit: 2 });
      await Promise.all([store.remove(middle), store.remove(young)]);
      const rest = await store.list(nobodys(client), { limit: 2, cursor: cursor ?? undefined });
      expect(rest).toEqual({ videos: [old], cursor: null });
    });

    it('seeks in filenames without case, and fills its pages', async () => {
      const names = ['beach.mp4', 'Mountain BEACH.mov', 'city.mp4', 'CITY beach.mkv', 'sea.mp4', 'BeAcH 100%.mp4'];
      await Promise.all(names.map((filename, index) => add({ filename }, index)));
      const first = await store.list(nobodys(client), { limit: 3, query: 'Beach' });
      expect(first.videos.map(({ filename }) => filename)).toEqual([
        'BeAcH 100%.mp4',
        'CITY beach.mkv',
        'Mountain BEACH.mov',
      ]);
      const second = await store.list(nobodys(client), { limit: 3, query: 'Beach', cursor: first.cursor ?? undefined });
      expect(second.videos.map(({ filename }) => filename)).toEqual(['beach.mp4']);
      expect(second.cursor).toBeNull();
      expect((await store.list(nobodys(client), { limit: 3, query: '%' })).videos).toHaveLength(1);
      expect((await store.list(nobodys(client), { limit: 10, query: '' })).videos).toHaveLength(6);
    });

    it('bounds its pages, and gives the rest when asked', async () => {
      await Promise.all(Array.from({ length: 104 }, (_, index) => add({}, index)));
      const first = await store.list(nobodys(client), { limit: 1_000_000 });
      expect(first.videos).toHaveLength(100);
      const second = await store.list(nobodys(client), { limit: 1_000_000, cursor: first.cursor ?? undefined });
      expect(second.videos).toHaveLength(4);
      expect((await store.list(nobodys(client), { limit: 0 })).videos).toHaveLength(1);
      expect(await store.recent(nobodys(client), clock.now())).toHaveLength(104);
    });

    it('refuses a cursor that is none', async () => {
      const refused = { code: 'bad_cursor', status: 400, field: 'cursor' };
      for (const cursor of ['', 'x', 'VklERU8jeA', Buffer.from('{"pk":"CLIENT#other"}').toString('base64url')]) {
        await expect(store.list(nobodys(client), { limit: 1, cursor })).rejects.toMatchObject(refused);
      }
    });

    it('takes another client’s cursor for a place in time, and shows nothing of theirs', async () => {
      const others = `${client}-2`;
      await Promise.all([1, 2, 3].map((second) => store.create(fresh({ client_id: others }, second))));
      const mine = await add({}, 0);
      const { cursor } = await store.list(nobodys(others), { limit: 1 });
      const { videos } = await store.list(nobodys(client), { limit: 10, cursor: cursor ?? undefined });
      expect(videos).toEqual([mine]);
    });
  });

  describe('owners', () => {
    let ana: string;
    beforeEach(() => {
      ana = `auth0|ana#${randomUUID()}`;
    });

    it('have shelves of their own, whatever their clients are called', async () => {
      const mine = await add({ owner: ana });
      const [theirs, nobodysVideo] = [await add({ owner: `${ana}2` }), await add()];
      expect((await store.list({ owner: ana }, { limit: 10 })).videos).toEqual([mine]);
      expect((await store.list({ owner: ana, client_id: client }, { limit: 10 })).videos).toEqual([mine]);
      expect((await store.list({ owner: `${ana}2` }, { limit: 10 })).videos).toEqual([theirs]);
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toEqual([nobodysVideo]);
      expect(await store.recent({ owner: ana, client_id: client }, new Date(0))).toEqual([mine]);
      expect(await store.recent(nobodys(client), new Date(0))).toEqual([nobodysVideo]);
    });

    it('see all of their clients’ videos, or one client’s', async () => {
      const laptop = await add({ owner: ana }, 1);
      const phone = await add({ owner: ana, client_id: 'phone', filename: 'Beach.mp4' }, 2);
      const all = await store.list({ owner: ana }, { limit: 1 });
      expect(all.videos).toEqual([phone]);
      const rest = await store.list({ owner: ana }, { limit: 1, cursor: all.cursor ?? undefined });
      expect(rest).toEqual({ videos: [laptop], cursor: null });
      expect((await store.list({ owner: ana, client_id: 'phone' }, { limit: 10 })).videos).toEqual([phone]);
      expect((await store.list({ owner: ana, client_id: client }, { limit: 10, query: 'beach' })).videos).toEqual([]);
      expect(await store.recent({ owner: ana, client_id: 'phone' }, new Date(0))).toEqual([phone]);
      await store.remove(phone);
      expect((await store.list({ owner: ana }, { limit: 10 })).videos).toEqual([laptop]);
    });

    it('do not share idempotency keys', async () => {
      const once = { key: 'k', fingerprint: 'f' };
      const mine = await store.create(fresh({ client_id: client, owner: ana }), once);
      const theirs = await store.create(fresh({ client_id: client, owner: `${ana}2` }), once);
      expect(theirs.file_id).not.toBe(mine.file_id);
      expect(await store.create(fresh({ client_id: client, owner: ana }), once)).toEqual(mine);
    });
  });

  describe('recent', () => {
    it('has what is in flight, and what ended or changed since', async () => {
      const flying = await add({}, 1);
      const ended = await add({}, 2);
      const long = await add({}, 3);
      const touched = await add({}, 4);
      await store.create(fresh({ client_id: `${client}-2` }));
      const end = (video: Video) => store.change(video.file_id, (current) => cancelVideo(current, clock.now()));
      await Promise.all([end(long), end(touched)]);
      clock.pass(10_000);
      const since = clock.now();
      clock.pass(1000);
      await end(ended);
      await store.change(touched.file_id, touch);
      expect(await store.recent(nobodys(client), since)).toEqual([
        await store.get(touched.file_id),
        await store.get(ended.file_id),
        flying,
      ]);
      expect(await store.recent(nobodys(client), new Date(0))).toHaveLength(4);
    });

    it('has again what ended long ago and is in flight again', async () => {
      const video = await add();
      await store.change(video.file_id, (current) => cancelVideo(current, clock.now()));
      clock.pass(DAY_MS);
      expect(await store.recent(nobodys(client), clock.now())).toEqual([]);
      const revived = await store.change(video.file_id, OPERATIONS.revive);
      expect(await store.recent(nobodys(client), clock.now())).toEqual([revived]);
    });

    it('keeps what has ended in half: the other process can still change', async () => {
      const video = await add();
      const failed = await store.change(video.file_id, (current) =>
        changeProcess(current, 'metadata_extraction', (process) => abandon(process, REASON, clock.now()), clock.now()),
      );
      clock.pass(DAY_MS);
      expect(await store.recent(nobodys(client), clock.now())).toEqual([failed]);
    });
  });

  describe('the list of what may be in flight', () => {
    /** Others' videos are on it, too. */
    const watched = async (...ours: Video[]) => {
      const found = [];
      for await (const each of store.watched())
        if (ours.some(({ file_id }) => file_id === each.file_id)) found.push(each);
      return found;
    };

    it('has a video from its creation on, until it is struck off or removed', async () => {
      const [video, other] = [await add(), await add()];
      expect(await watched(video, other)).toHaveLength(2);
      await store.unwatch({ file_id: video.file_id, attempt: 1 });
      await store.remove(other);
      expect(await watched(video, other)).toEqual([]);
      await store.unwatch({ file_id: video.file_id, attempt: 1 });
    });

    it('has it again with its next attempt, which striking off the last one leaves alone', async () => {
      const video = await add();
      await store.unwatch({ file_id: video.file_id, attempt: 1 });
      await store.change(video.file_id, OPERATIONS.bump);
      await store.unwatch({ file_id: video.file_id, attempt: 1 });
      expect(await watched(video)).toEqual([{ file_id: video.file_id, attempt: 2 }]);
    });

    it('does not change with what else changes', async () => {
      const video = await add();
      await store.unwatch({ file_id: video.file_id, attempt: 1 });
      await store.change(video.file_id, touch);
      expect(await watched(video)).toEqual([]);
    });
  });

  describe('pieces', () => {
    const [plan, name] = ['a'.repeat(32), 'chunk-0'];
    const ref = ({ file_id }: Video) => ({ file_id, plan, name });
    const begun = ({ video, piece }: PieceOfVideo): PieceOfVideo => ({
      video,
      piece: { ...piece, state: { ...piece.state, progress: piece.state.progress + 1 } },
    });
    const both = (record: PieceOfVideo): PieceOfVideo => ({ ...begun(record), video: touch(record.video) });

    it('are new until they are written, and then what was written', async () => {
      const video = await add();
      const written = await store.changePiece(ref(video), begun);
      expect(written).toMatchObject({ video, piece: { plan, name, attempt: 1, seq: 1, state: { progress: 1 } } });
      expect(await store.pieces(video.file_id)).toEqual([written instanceof Refusal ? null : written.piece]);
      expect(await store.get(video.file_id)).toEqual(video);
    });

    it('change together with their video, or not at all', async () => {
      const video = await add();
      const { file_id } = video;
      expect(await store.changePiece(ref(video), both)).toMatchObject({ video: { seq: 2 }, piece: { seq: 1 } });
      expect(await store.changePiece(ref(video), () => new Refusal('superseded'))).toMatchObject({
        reason: 'superseded',
      });
      const invalid = ({ video: record, piece }: PieceOfVideo) => ({
        video: touch(record),
        piece: { ...piece, plan: '?' },
      });
      await expect(store.changePiece(ref(video), invalid)).rejects.toThrow();
      expect(await store.get(file_id)).toMatchObject({ seq: 2 });
      expect(await store.pieces(file_id)).toMatchObject([{ seq: 1 }]);
    });

    it('refuse `gone` where there is no video', async () => {
      expect(await store.changePiece({ file_id: randomUUID(), plan, name }, begun)).toMatchObject({ reason: 'gone' });
    });

    it('lose no change of many at once', async () => {
      const video = await add();
      const names = ['chunk-0', 'chunk-1', 'sound'];
      await Promise.all(
        names.flatMap((each) =>
          [both, both, begun].map((decide) => store.changePiece({ ...ref(video), name: each }, decide)),
        ),
      );
      expect(await store.get(video.file_id)).toMatchObject({ seq: 1 + 6 });
      const pieces = await store.pieces(video.file_id);
      expect(pieces.map((piece) => piece.name).toSorted()).toEqual(names);
      for (const piece of pieces) expect(piece).toMatchObject({ seq: 3, state: { progress: 3 } });
    });

    it('that begin or move on while their video ends do not stay behind', async () => {
      const unlessEnded = (record: PieceOfVideo) =>
        isInFlight(record.video) ? begun(record) : new Refusal('superseded');
      for (let round = 0; round < 5; round++) {
        const video = await add();
        const { file_id } = video;
        const working = Array.from({ length: 4 }, async (_, worker) => {
          for (let index = 0; ; index++) {
            // Each moves on two, and always begins another.
            const piece = { ...ref(video), name: `chunk-${worker}${index % 3 === 0 ? index : index % 2}` };
            if ((await store.changePiece(piece, unlessEnded)) instanceof Refusal) return;
          }
        });
        await store.changePiece({ ...ref(video), name: 'sound' }, begun);
        await store.change(file_id, (current) => cancelVideo(current, clock.now()));
        await store.removePieces(file_id, 1);
        await Promise.all(working);
        expect(await store.pieces(file_id)).toEqual([]);
      }
    });

    it('are removed up to an attempt, and with their video', async () => {
      const video = await add();
      const { file_id } = video;
      await store.changePiece(ref(video), begun);
      await store.changePiece({ ...ref(video), name: 'sound' }, (record) => ({
        ...record,
        piece: { ...record.piece, attempt: 2 },
      }));
      await store.removePieces(file_id, 1);
      expect(await store.pieces(file_id)).toMatchObject([{ name: 'sound' }]);
      await store.remove(video);
      expect(await store.pieces(file_id)).toEqual([]);
    });
  });

  describe('remove', () => {
    it('removes the record from everywhere, twice without an error', async () => {
      const [video, other] = [await add({}, 1), await add({}, 2)];
      await store.remove(video);
      await store.remove(video);
      expect(await store.get(video.file_id)).toBeUndefined();
      expect((await store.list(nobodys(client), { limit: 10 })).videos).toEqual([other]);
      expect(await store.recent(nobodys(client), new Date(0))).toEqual([other]);
    });
  });
}

function fresh(changes: Parameters<typeof aVideo>[0], seconds = 0): Video {
  return aVideo({ file_id: randomUUID(), ...changes }, new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1000));
}

function inFlight(video: Video): boolean {
  return video.processes.video_enhancement.status === 'pending';
}

const END = new Date('2026-02-01T00:00:00Z');
const OPERATIONS = {
  bump: (video: Video) => ({ ...video, attempt: video.attempt + 1 }),
  cancel: (video: Video) => cancelVideo(video, END),
  revive: (video: Video): Video => ({
    ...video,
    processes: {
      video_enhancement: { ...video.processes.video_enhancement, status: 'pending' },
      metadata_extraction: { ...video.processes.metadata_extraction, status: 'pending' },
    },
  }),
  refuse: () => new Refusal('unchanged'),
  same: (video: Video) => video,
};
