import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { VideoStore } from '../../core/ports/video-store.ts';
import { retryVideo } from '../../core/retry.ts';
import type { UseLimits } from '../../core/use-limits.ts';
import { cancelVideo, isInFlight, receiveSource, type Video } from '../../core/video.ts';
import { aVideo, nobodys } from '../a-video.ts';
import { aClock } from '../twins.ts';

const HOUR_MS = 60 * 60 * 1000;
const PLENTY = 1_000;
const UPLOADS = { code: 'too_many_uploads', status: 429 };
const VIDEOS = { code: 'too_many_videos', status: 503 };

/**
 * How every video store counts what is begun, and refuses what is too much.
 *
 * @param open - a store of its own for each call, which takes the time from this clock
 * @param runs - how many random histories to try
 */
export function useLimitsConformance(
  open: (now: () => Date, limits: UseLimits) => Promise<VideoStore> | VideoStore,
  { runs = 30 } = {},
): void {
  let clock: ReturnType<typeof aClock>;
  let store: VideoStore;
  const limited = async (limits: Partial<UseLimits>) => {
    store = await open(clock.now, { uploadsPerHour: PLENTY, videosInFlight: PLENTY, ...limits });
  };
  beforeEach(() => {
    clock = aClock('2026-01-01T10:20:00Z');
  });

  const fresh = (client_id = 'ana') => aVideo({ file_id: randomUUID(), client_id }, clock.now());
  const add = (client_id?: string) => store.create(fresh(client_id));
  const end = ({ file_id }: Video) => store.change(file_id, (video) => cancelVideo(video, clock.now()));
  const again = ({ file_id }: Video) => store.change(file_id, (video) => retryVideo(video, video.profile, clock.now()));
  const arrive = async (video: Video) => {
    const source = { key: `uploads/${video.file_id}`, size: 1, etag: '"e"', checksum: null };
    await store.change(video.file_id, (current) => receiveSource(current, source, clock.now()));
    return video;
  };

  describe('uploads of one client within an hour', () => {
    it('are so many, and no more until the next one', async () => {
      await limited({ uploadsPerHour: 2 });
      await add();
      await add();
      await expect(add()).rejects.toMatchObject({ ...UPLOADS, retryAfterSeconds: 40 * 60 });
      await add('bob');
      clock.pass(40 * 60_000);
      await add();
    });

    it('are not more for being refused, nor is there anything of what was refused', async () => {
      await limited({ uploadsPerHour: 1, videosInFlight: 2 });
      await add();
      const refused = fresh();
      await expect(store.create(refused)).rejects.toMatchObject(UPLOADS);
      expect(await store.get(refused.file_id)).toBeUndefined();
      await add('bob');
      await expect(add('carol')).rejects.toMatchObject(VIDEOS);
      clock.pass(HOUR_MS);
      expect((await store.list(nobodys('ana'), { limit: 10 })).videos).toHaveLength(1);
    });

    it('are as many as there are, however many come at once', async () => {
      await limited({ uploadsPerHour: 3 });
      const calls = await Promise.allSettled(Array.from({ length: 8 }, () => add()));
      expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      expect((await store.list(nobodys('ana'), { limit: 10 })).videos).toHaveLength(3);
    });

    it('are one for each idempotency key, which still answers when there is no room for more', async () => {
      await limited({ uploadsPerHour: 2 });
      const once = { key: 'k', fingerprint: 'f' };
      const calls = await Promise.all(Array.from({ length: 4 }, () => store.create(fresh(), once)));
      expect(new Set(calls.map(({ file_id }) => file_id)).size).toBe(1);
      await add();
      await expect(add()).rejects.toMatchObject(UPLOADS);
      expect(await store.create(fresh(), once)).toEqual(calls[0]);
    });

    it('are not fewer for being given up or removed', async () => {
      await limited({ uploadsPerHour: 2 });
      await store.remove(await add());
      await end(await add());
      await expect(add()).rejects.toMatchObject(UPLOADS);
    });

    it('are one more for each that is tried again', async () => {
      await limited({ uploadsPerHour: 2 });
      const video = await arrive(await add());
      await end(video);
      expect(await again(video)).toMatchObject({ attempt: 2 });
      await end(video);
      const before = await store.get(video.file_id);
      await expect(again(video)).rejects.toMatchObject(UPLOADS);
      expect(await store.get(video.file_id)).toEqual(before);
      clock.pass(HOUR_MS);
      expect(await again(video)).toMatchObject({ attempt: 3 });
    });

    it('are those of who signed in, whatever their clients are called', async () => {
      await limited({ uploadsPerHour: 1 });
      const by = (owner: string | null, client_id: string) => store.create({ ...fresh(client_id), owner });
      await by('auth0|ana', 'laptop');
      await expect(by('auth0|ana', 'phone')).rejects.toMatchObject(UPLOADS);
      await by('auth0|bob', 'laptop');
      await by(null, 'laptop');
    });

    it('are those of all together who do not say who they are', async () => {
      await limited({ uploadsPerHour: 1 });
      await add(`anonymous-${'a'.repeat(32)}`);
      await expect(add(`anonymous-${'b'.repeat(32)}`)).rejects.toMatchObject(UPLOADS);
      await add('anonymous-but-named');
    });
  });

  describe('videos in flight', () => {
    it('are so many of all clients, until one has ended or is gone', async () => {
      await limited({ videosInFlight: 2 });
      const [first, second] = [await add('ana'), await add('bob')];
      await expect(add('carol')).rejects.toMatchObject(VIDEOS);
      await end(first);
      await add('carol');
      await expect(add('dave')).rejects.toMatchObject(VIDEOS);
      await store.remove(second);
      await add('dave');
    });

    it('end once, however often they are ended or removed, or change after it', async () => {
      await limited({ videosInFlight: 2 });
      const [first] = [await add(), await add()];
      await Promise.all([end(first), end(first), end(first)]);
      await store.change(first.file_id, (video) => ({ ...video, updated_at: clock.now().toISOString() }));
      await Promise.all([store.remove(first), store.remove(first)]);
      await store.remove(first);
      await add();
      await expect(add()).rejects.toMatchObject(VIDEOS);
    });

    it('are what they were while something can still happen to them', async () => {
      await limited({ videosInFlight: 1 });
      await arrive(await add());
      await expect(add()).rejects.toMatchObject(VIDEOS);
    });

    it('are one more when one is tried again, which finds room or stays as it is', async () => {
      await limited({ videosInFlight: 1 });
      const video = await arrive(await add());
      await end(video);
      const other = await add();
      const before = await store.get(video.file_id);
      await expect(again(video)).rejects.toMatchObject(VIDEOS);
      expect(await store.get(video.file_id)).toEqual(before);
      await end(other);
      expect(await again(video)).toMatchObject({ attempt: 2 });
      await expect(add()).rejects.toMatchObject(VIDEOS);
    });

    it('are as many as the records say, whatever happens to them at once', async () => {
      const most = 6;
      const operation = fc.record({ what: fc.constantFrom('end', 'again', 'remove', 'touch'), which: fc.nat(3) });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(operation, { maxLength: 4 }), { maxLength: 4 }), async (rounds) => {
          await limited({ videosInFlight: most });
          const videos = await Promise.all([1, 2, 3, 4].map(async () => arrive(await add())));
          const done: Record<string, (video: Video) => Promise<unknown>> = {
            end,
            again,
            remove: (video) => store.remove(video),
            touch: ({ file_id }) => store.change(file_id, (video) => ({ ...video, filename: 'touched.mp4' })),
          };
          for (const round of rounds) {
            await Promise.all(round.map(({ what, which }) => done[what]?.(videos[which] as Video)));
          }
          const records = await Promise.all(videos.map(({ file_id }) => store.get(file_id)));
          const flying = records.filter((video) => video && isInFlight(video)).length;
          for (let room = most - flying; room > 0; room--) await add();
          await expect(add()).rejects.toMatchObject(VIDEOS);
        }),
        { numRuns: runs },
      );
    });
  });
}
