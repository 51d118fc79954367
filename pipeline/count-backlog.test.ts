import { expect, it } from 'vitest';
import { InvalidRow } from '../adapters/dynamodb/row.ts';
import { cancelVideo, changeProcess, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { aClock, twins } from '../test/twins.ts';
import { countBacklog } from './count-backlog.ts';

const ids = ['1', '2', '3'].map((digit) => `${digit}b0f2d3c-7c1f-4a43-9f0c-1f7a2f0e9f10`);

/** Videos as they are in flight, and workers as they report. */
async function world(videos: ((video: Video) => Video)[], workers: number) {
  const { ports, clock } = twins();
  for (const [index, as] of videos.entries()) {
    await ports.videos.create(as({ ...aVideo(), file_id: ids[index] ?? '' }));
  }
  for (let worker = 0; worker < workers; worker++) await ports.workers.report(`w${worker}`, { broker: 'up' });
  return { clock, ports, count: () => countBacklog(ports, ports.workers) };
}

const arrived = (video: Video): Video => ({
  ...video,
  source: { key: `uploads/${video.file_id}`, size: 1, etag: 'e', checksum: null },
  upload: { ...video.upload, status: 'complete' },
});
const cut =
  (chunks: number, done: number) =>
  (video: Video): Video => {
    const { video_enhancement } = video.processes;
    return {
      ...arrived(video),
      processes: { ...video.processes, video_enhancement: { ...video_enhancement, status: 'processing' } },
      work: {
        plan: 'a'.repeat(32),
        chunks,
        sound: true,
        released: done + 2,
        done,
        announced: true,
      },
    };
  };

it('counts nothing where nothing is', async () => {
  const { count } = await world([], 0);
  expect(await count()).toEqual({ tasks: 0, workers: 0, tasksPerWorker: 0, idleWorkers: 0, longestWaitSeconds: 0 });
});

it('asks for a worker where there is none for the first video', async () => {
  const { count } = await world([arrived], 0);
  expect(await count()).toMatchObject({ tasks: 1, workers: 0, tasksPerWorker: 1 });
});

it('counts what nobody has in hand, for each worker', async () => {
  const { count } = await world([arrived, arrived, arrived], 2);
  expect(await count()).toMatchObject({ tasks: 3, workers: 2, tasksPerWorker: 0.5, idleWorkers: 0 });
});

it('counts workers that have nothing to do', async () => {
  const { count } = await world([arrived], 3);
  expect(await count()).toMatchObject({ tasks: 1, tasksPerWorker: 0, idleWorkers: 2 });
});

it('counts the pieces that are left of a video that is cut, those that were not given out yet too', async () => {
  const { count } = await world([cut(40, 7)], 1);
  // With the sound, and the source as browsers play it.
  expect(await count()).toMatchObject({ tasks: 35, tasksPerWorker: 34 });
});

it('counts putting the pieces together as one', async () => {
  const { count } = await world([cut(4, 6)], 1);
  expect(await count()).toMatchObject({ tasks: 1, idleWorkers: 0 });
});

it('counts neither what has not arrived nor what is over', async () => {
  const cancelled = (video: Video) => cancelVideo(arrived(video), aClock().now()) as Video;
  const { count } = await world([(video) => video, cancelled], 0);
  expect(await count()).toMatchObject({ tasks: 0, longestWaitSeconds: 0 });
});

it('says how long the one has waited that has waited longest', async () => {
  const { count, clock, ports } = await world([arrived, cut(4, 1)], 0);
  const earlier = new Date(clock.now().getTime() - 60_000);
  await ports.videos.change(ids[1] ?? '', (video) =>
    changeProcess(
      video,
      'video_enhancement',
      (process) => ({ ...process, last_updated: earlier.toISOString() }),
      earlier,
    ),
  );
  clock.pass(90_000);
  expect(await count()).toMatchObject({ longestWaitSeconds: 90 });
});

it('counts the others where one record has just gone or cannot be read, and nothing at all where the table is away', async () => {
  const { ports, count } = await world([arrived, arrived], 0);
  const get = ports.videos.get;
  const failing = (error: Error) => {
    ports.videos.get = (which) => (which === ids[0] ? Promise.reject(error) : get(which));
  };
  failing(new InvalidRow('invalid_row', 'no'));
  expect(await count()).toMatchObject({ tasks: 1 });
  ports.videos.get = async (which) => (which === ids[0] ? undefined : get(which));
  expect(await count()).toMatchObject({ tasks: 1 });
  failing(new Error('away'));
  await expect(count()).rejects.toThrow('away');
});
