import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ObjectConflict, ResourceError, TransientError } from '../core/errors.ts';
import { enhancedKey, sourceKey, workPrefix } from '../core/keys.ts';
import type { Message, TaskMessage } from '../core/messages.ts';
import { beginWork, countDone, LARGEST_WINDOW, PIECES_PER_WORKER } from '../core/pieces.ts';
import type { MediaTools } from '../core/ports/index.ts';
import { abandon, LEASE_MS, MAX_FAILURES, type Process } from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import { CHUNK_SECONDS } from '../core/timeline.ts';
import { changeProcess, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { paperMedia, twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { deleteVideo } from './delete-video.ts';
import { dispatch } from './dispatch.ts';
import { retry } from './retry.ts';
import { workOn } from './work-on.ts';

/* A video that is cut: what is given out, counted and put together, whatever comes twice, late or never. */

const id = aVideo().file_id;
const never = new AbortController().signal;
const CHUNKS = 7;

/** Media tools that cut every video in seven, and write down which chunk is which. */
function cuttingMedia(first: (index: number) => Promise<void> = async () => {}): MediaTools {
  const chunks = Array.from({ length: CHUNKS }, (_, index) => ({
    ...{ index, start: index === 0 ? null : index, end: index === CHUNKS - 1 ? null : index + 1, seek: index },
    bytes: { from: index, to: null },
    onward: 0,
    cut: null,
  }));
  return {
    ...paperMedia(),
    cut: async ({ seconds }) => ({
      timeline: { timeBase: { num: 1, den: 1 }, origin: 0, first: 0, chunks },
      ...{ encoder: `paper ${seconds}`, threads: 1, build: '1', sound: true },
    }),
    enhanceChunk: async ({ index, scratch, onProgress }) => {
      await first(index);
      onProgress(100);
      const path = join(scratch, 'chunk.mp4');
      await writeFile(path, `[${index}]`);
      return {
        ...{ path, size: 3, frames: 1, first: index, last: index, fingerprint: String(index), parameterSets: '' },
        cpuSeconds: 1,
      };
    },
    encodeSound: async ({ scratch }) => {
      const path = join(scratch, 'sound.mp4');
      await writeFile(path, 'la');
      return { path, size: 2, cpuSeconds: 1 };
    },
    assemble: async ({ chunks: made, sound, scratch }) => {
      const path = join(scratch, 'enhanced.mp4');
      for (const { path: chunk } of made) await appendFile(path, await readFile(chunk));
      await appendFile(path, sound ? await readFile(sound) : '');
      return { path, size: (await readFile(path)).length, durationSeconds: CHUNKS, cpuSeconds: 1 };
    },
  };
}
const WHOLE = `${Array.from({ length: CHUNKS }, (_, index) => `[${index}]`).join('')}la`;

async function dispatched(media = cuttingMedia()) {
  const world = twins();
  const ports = { ...world.ports, media };
  await ports.videos.create(aVideo());
  await ports.uploads.write(sourceKey(id), 'movie', { contentType: 'video/mp4' });
  await dispatch(ports, sourceKey(id));
  const { published, later } = world.recorded;
  const work = (message: TaskMessage | undefined, signal = never, changes: Partial<typeof ports> = {}) =>
    workOn({ ...ports, ...changes }, message as TaskMessage, 'worker', signal);
  /** What the broker has to give next, delayed tasks after all others. */
  const next = () => published.shift() ?? later.shift()?.message;
  const drain = async () => {
    for (let message = next(); message; message = next()) await work(message);
  };
  const video = async () => {
    const found = await ports.videos.get(id);
    if (!found) throw new Error('the video is gone');
    return found;
  };
  const output = async () => {
    const head = await ports.files.head(enhancedKey(id));
    let text = '';
    if (head) for await (const part of await ports.files.read(head.key, { start: 0, end: head.size - 1 })) text += part;
    return text;
  };
  return { ...world, ports, work, drain, video, output, published, later };
}
type World = Awaited<ReturnType<typeof dispatched>>;

/** It is well and whole, and nothing that it was made with is left. */
async function expectWhole({ ports, video, output }: World, cpuSeconds = CHUNKS + 1 + 1 + 0.1 + 0.2) {
  const { processes, work, receipts, outputs } = await video();
  expect(processes.video_enhancement).toMatchObject({ status: 'completed', progress: 100, claim: null });
  expect(await output()).toBe(WHOLE);
  expect(work).toBeNull();
  expect(receipts.video_enhancement?.cpu_seconds).toBeCloseTo(cpuSeconds);
  expect(outputs).toMatchObject({ source: { sharing: 'proxy' }, poster: {}, enhanced: { duration_seconds: CHUNKS } });
  await expectNothingLeft(ports);
}

async function expectNothingLeft(ports: World['ports']) {
  expect(await ports.videos.pieces(id)).toEqual([]);
  expect(ports.files.keys().filter((key) => key.startsWith(workPrefix(id)))).toEqual([]);
}

it('is cut, made by piece, and put together', async () => {
  const world = await dispatched();
  await world.drain();
  await expectWhole(world);
});

it('has a small window of its pieces with the broker, larger where there are more workers', async () => {
  for (const workers of [0, 1, 3]) {
    const { ports, work, published, video } = await dispatched();
    for (let n = 0; n < workers; n++) await world(ports).report(`worker-${n}`, { broker: 'up' });
    await work(published.shift());
    const open = () => published.filter(({ type }) => type === 'video.piece').length;
    const window = Math.max(1, workers) * PIECES_PER_WORKER;
    expect(open()).toBe(window);
    expect((await video()).processes.video_enhancement).toMatchObject({ status: 'processing', claim: null });
    for (let done = 1; done <= 3; done++) {
      await work(published.shift());
      expect(open()).toBe(Math.min(window, CHUNKS + 2 - done));
    }
  }
});

it('has no more than so many with the broker, however many workers there are', () => {
  let work = beginWork({ plan: 'f'.repeat(32), chunks: 1000, sound: true }, 10_000);
  expect(work.released).toBe(LARGEST_WINDOW);
  work = countDone(work, 10_000);
  expect(work.released).toBe(LARGEST_WINDOW + 1);
});

const world = (ports: World['ports']) => ports.workers;

it('shows progress that only grows', async () => {
  const { clock, work, published, video } = await dispatched();
  let last = 0;
  for (let message = published.shift(); message; message = published.shift()) {
    await work(message);
    clock.pass(2_000);
    const { progress } = (await video()).processes.video_enhancement;
    expect(progress).toBeGreaterThanOrEqual(last);
    last = progress;
  }
  expect(last).toBe(100);
});

it('is made once, whatever is delivered twice, at once, and in whatever order', async () => {
  const plan = fc.array(fc.nat(), { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(plan, async (choices) => {
      let made = 0;
      const here = await dispatched(
        cuttingMedia(async () => {
          made += 1;
        }),
      );
      let turn = 0;
      for (let rounds = 0; here.published.length + here.later.length > 0; rounds++) {
        expect(rounds).toBeLessThan(500);
        if (here.published.length === 0) here.clock.pass(3_000);
        const queue: TaskMessage[] = [
          ...here.published.splice(0),
          ...here.later.splice(0).map(({ message }) => message),
        ];
        const [message] = queue.splice((choices[turn++ % choices.length] ?? 0) % queue.length, 1);
        here.published.push(...queue);
        const twice = (choices[turn++ % choices.length] ?? 0) % 3 === 0;
        await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => here.work(message)));
      }
      await expectWhole(here);
      expect(made).toBe(CHUNKS);
    }),
    { numRuns: 25 },
  );
});

it('goes on where a worker died between what it wrote and what it had to say', async () => {
  const here = await dispatched();
  const { work, published, recorded } = here;
  const plan = published.shift();
  recorded.breakWith(new TransientError('broker_unavailable', 'gone'));
  await expect(work(plan)).rejects.toThrow('gone');
  recorded.breakWith(undefined);
  await work(plan);
  const lost: TaskMessage[] = [];
  for (let message = published.shift(); message; message = published.shift()) {
    recorded.breakWith(new TransientError('broker_unavailable', 'gone'));
    await work(message).catch(() => {
      lost.push(message as TaskMessage);
    });
    recorded.breakWith(undefined);
    // The broker gives again what was not acknowledged.
    for (const again of lost.splice(0)) await work(again);
  }
  await expectWhole(here);
});

it('does not wait for messages that were lost: those who look after it give them again', async () => {
  const here = await dispatched();
  const plan = here.published.shift();
  await here.work(plan);
  here.published.splice(0);
  await here.work(plan);
  expect(here.published).toEqual([]);
  here.clock.pass(LEASE_MS * 7);
  await here.work(plan);
  await here.drain();
  await expectWhole(here);
});

it('is put together though the word that it can be was lost', async () => {
  const here = await dispatched();
  const plan = here.published.shift();
  await here.work(plan);
  while (here.published.some(({ type }) => type !== 'video.assemble')) await here.work(here.published.shift());
  here.published.splice(0);
  here.clock.pass(LEASE_MS * 7);
  await here.work(plan);
  expect(here.published).toMatchObject([{ type: 'video.assemble' }]);
  await here.drain();
  await expectWhole(here);
});

it('is followed by others once, however often the task of a piece comes', async () => {
  const here = await dispatched();
  await here.work(here.published.shift());
  const piece = here.published.shift();
  await here.work(piece);
  const given = [...here.published];
  await here.work(piece);
  expect(here.published).toEqual(given);
});

it('does not take a new plan for one that was given out when the old one was', async () => {
  const here = await dispatched();
  const another = (video: Video) => ({ ...video, work: video.work && { ...video.work, plan: 'f'.repeat(32) } });
  const publish = async (message: TaskMessage) => {
    await here.ports.videos.change(id, another);
    await here.ports.tasks.publish(message);
  };
  await here.work(here.published.shift(), never, { tasks: { ...here.ports.tasks, publish } });
  expect((await here.video()).work).toMatchObject({ plan: 'f'.repeat(32), announced: false });
});

it('refuses what a worker brings that was replaced, and removes it', async () => {
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  let frozen = true;
  const here = await dispatched(
    cuttingMedia(async () => {
      if (!frozen) return;
      frozen = false;
      await thawed;
    }),
  );
  const isChunk = (message?: TaskMessage) => message?.type === 'video.piece' && message.piece === 'chunk-0';
  while (!isChunk(here.published[0])) await here.work(here.published.shift());
  const chunk = here.published.shift();
  const late = here.work(chunk);
  await expect.poll(() => frozen).toBe(false);
  here.clock.pass(LEASE_MS + 1);
  await here.work(chunk);
  thaw();
  await late;
  await here.drain();
  await expectWhole(here);
});

it.each([
  ['for want of memory', new ResourceError('out_of_memory', 'no'), [CHUNK_SECONDS / 2, 0], 2 + 2],
  ['for any other reason', new TransientError('chunk_failed', 'no'), [0], 3],
])('begins a new plan when a chunk keeps failing %s, and is not cut at last', async (_, error, plans, most) => {
  let tries = 0;
  const here = await dispatched(
    cuttingMedia(async (index) => {
      if (index === 0) tries += 1;
      throw error;
    }),
  );
  const seen = new Set<number>();
  for (let rounds = 0; rounds < 100 && here.published.length + here.later.length > 0; rounds++) {
    await here.work(here.published.shift() ?? here.later.shift()?.message);
    seen.add((await here.video()).chunk_seconds);
  }
  expect([...seen]).toEqual([CHUNK_SECONDS, ...plans]);
  expect(tries).toBe(most);
  expect((await here.video()).processes.video_enhancement.status).toBe('completed');
  expect(await here.output()).toBe('MOVIE');
  expect(here.recorded.parked).toEqual([]);
});

it('begins a new plan when workers vanish over a piece again and again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  let vanishing = MAX_FAILURES;
  let taken = Promise.withResolvers<void>();
  const here = await dispatched(
    cuttingMedia(async () => {
      if (vanishing === 0) return;
      vanishing -= 1;
      taken.resolve();
      await new Promise(() => {});
    }),
  );
  const isChunk = (message?: TaskMessage) => message?.type === 'video.piece' && message.piece.startsWith('chunk');
  while (!isChunk(here.published[0])) await here.work(here.published.shift());
  const chunk = here.published.shift();
  while (vanishing > 0) {
    taken = Promise.withResolvers();
    void here.work(chunk);
    await taken.promise;
    here.clock.pass(LEASE_MS);
  }
  await here.work(chunk);
  expect(await here.video()).toMatchObject({ work: null, chunk_seconds: CHUNK_SECONDS / 2 });
  await here.drain();
  expect(await here.output()).toBe(WHOLE);
});

it('is put together by one who comes for its own plan, of that alone, once all is done', async () => {
  const here = await dispatched();
  const took = { wall_seconds: 1, cpu_seconds: 1, bytes_read: 1, bytes_written: 1 };
  for (const other of ['0', 'f']) {
    const made = {
      kind: 'chunk',
      key: 'x',
      frames: 1,
      first: 0,
      last: 0,
      fingerprint: '',
      parameter_sets: '',
      ...took,
    } as const;
    const of = { file_id: id, plan: other.repeat(32), name: 'chunk-0' };
    await here.ports.videos.changePiece(of, ({ video, piece }) => ({ video, piece: { ...piece, result: made } }));
  }
  await here.work(here.published.shift());
  const { plan = '' } = (await here.video()).work ?? {};
  const assembly = (of: string): TaskMessage => {
    return { v: 1, type: 'video.assemble', file_id: id, attempt: 1, trace: aVideo().trace, plan: of };
  };
  await here.work(assembly(plan));
  expect((await here.video()).processes.video_enhancement).toMatchObject({ status: 'processing', fence: 1 });
  while (here.published.some(({ type }) => type !== 'video.assemble')) await here.work(here.published.shift());
  await here.work(assembly('f'.repeat(32)));
  expect((await here.video()).processes.video_enhancement).toMatchObject({ status: 'processing', fence: 1 });
  await here.drain();
  await expectWhole(here);
});

it('leaves nothing though whoever put it together died before it had cleaned up', async () => {
  const here = await dispatched();
  while (here.published.some(({ type }) => type !== 'video.assemble')) await here.work(here.published.shift());
  const assembly = here.published.shift();
  const removePieces = () => Promise.reject(new TransientError('away', 'away'));
  const videos = { ...here.ports.videos, removePieces };
  await expect(here.work(assembly, never, { videos })).rejects.toThrow('away');
  expect((await here.video()).processes.video_enhancement.status).toBe('completed');
  await here.work(assembly);
  await expectWhole(here);
});

it('counts nothing of a plan that was given up in the next, though that cuts at the same places', async () => {
  let failures = 0;
  const media = cuttingMedia(async (index) => {
    if (index === 4 && failures < 2) {
      failures += 1;
      throw new ResourceError('disk_full', 'There is no room.');
    }
  });
  // The source has no more places to cut at.
  const cut: MediaTools['cut'] = async (job) => {
    const made = await media.cut(job);
    return made && { ...made, encoder: 'paper' };
  };
  const here = await dispatched({ ...media, cut });
  await here.drain();
  expect(failures).toBe(2);
  expect((await here.video()).processes.video_enhancement).toMatchObject({ status: 'completed' });
  expect(await here.output()).toBe(WHOLE);
  await expectNothingLeft(here.ports);
});

it('fails at once when a piece finds that the source can never be read', async () => {
  const gone = new ObjectConflict('object_gone', 'The source is gone.');
  const here = await dispatched(cuttingMedia(() => Promise.reject(gone)));
  await here.drain();
  const { processes, work } = await here.video();
  expect(processes.video_enhancement).toMatchObject({ status: 'failed', error_code: 'object_gone' });
  expect(work).toBeNull();
});

/** One that failed over its fifth chunk, and is tried again. */
async function failedOnce() {
  let [made, broken] = [0, true];
  const here = await dispatched(
    cuttingMedia(async (index) => {
      if (broken && index === 4) throw new ObjectConflict('object_gone', 'The source is gone.');
      made += 1;
    }),
  );
  await here.drain();
  expect((await here.video()).processes.video_enhancement.status).toBe('failed');
  expect(made).toBe(4);
  broken = false;
  await here.ports.videos.change(id, (video) =>
    changeProcess(video, 'metadata_extraction', (process) => ({ ...process, status: 'completed' }), here.ports.now()),
  );
  await retry(here.ports, id);
  await dispatch(here.ports, sourceKey(id));
  return { ...here, made: () => made };
}

it('takes over what an earlier attempt finished', async () => {
  const here = await failedOnce();
  await here.drain();
  expect(here.made()).toBe(CHUNKS);
  const { receipts, attempt } = await here.video();
  expect(attempt).toBe(2);
  expect(receipts.video_enhancement?.cpu_seconds).toBeGreaterThan(CHUNKS);
  expect(await here.output()).toBe(WHOLE);
  await expectNothingLeft(here.ports);
});

it('counts once what it takes over, however often its task comes', async () => {
  const here = await failedOnce();
  for (let message = here.published.shift(); message; message = here.published.shift()) {
    await Promise.all([here.work(message), here.work(message)]);
    await here.work(message);
    const { work } = await here.video();
    const done = (await here.ports.videos.pieces(id)).filter(
      ({ attempt, state }) => attempt === 2 && state.status === 'completed',
    );
    if (work) expect(work.done).toBe(done.length);
  }
  expect(here.made()).toBe(CHUNKS);
  expect(await here.output()).toBe(WHOLE);
});

it('takes nothing over for an attempt that is over itself', async () => {
  const here = await failedOnce();
  await here.work(here.published.shift());
  const second = [...here.published];
  const failed = (process: Process) => abandon(process, { code: 'no_worker', message: 'No.' }, here.ports.now());
  const fail = (video: Video) => changeProcess(video, 'video_enhancement', failed, here.ports.now());
  await here.ports.videos.change(id, fail);
  here.published.splice(0);
  await retry(here.ports, id);
  await dispatch(here.ports, sourceKey(id));
  await here.work(here.published.shift());
  const chunk = { ...second[0], piece: 'chunk-0' } as TaskMessage;
  const before = await here.video();
  await here.work(chunk);
  expect(await here.video()).toEqual(before);
  await here.drain();
  expect(here.made()).toBe(CHUNKS);
  expect(await here.output()).toBe(WHOLE);
});

it('makes again what it would take over, where that is gone', async () => {
  const here = await failedOnce();
  await here.ports.files.removeAll(workPrefix(id));
  await here.drain();
  expect(here.made()).toBe(4 + CHUNKS);
  expect(await here.output()).toBe(WHOLE);
});

it('has nothing planned for a piece whose video has come to its end, or to another attempt', async () => {
  const here = await dispatched();
  await here.work(here.published.shift());
  const [piece] = here.published;
  await here.drain();
  await here.work(piece);
  expect(here.published).toEqual([]);
  await here.ports.videos.change(id, (video) =>
    changeProcess(video, 'metadata_extraction', (process) => ({ ...process, status: 'completed' }), here.ports.now()),
  );
  await retry(here.ports, id);
  await here.work(piece);
  expect(here.published).toEqual([]);
});

it('is not moved by what an earlier attempt left with the broker, though it has the same plan', async () => {
  const here = await dispatched();
  await here.work(here.published.shift());
  const [early] = here.published;
  await cancelWork(here.ports, id);
  here.published.splice(0);
  await retry(here.ports, id);
  await dispatch(here.ports, sourceKey(id));
  await here.work(here.published.shift());
  const before = await here.video();
  expect(before.work?.plan).toBe((early as Message<'video.piece'>).plan);
  const given = here.published.length;
  await here.work(early);
  expect(await here.video()).toEqual(before);
  expect(await here.ports.videos.pieces(id)).toEqual([]);
  expect(here.published).toHaveLength(given);
  await here.drain();
  await expectWhole(here);
});

it('makes again what is gone when it is to be put together', async () => {
  const here = await dispatched();
  while (here.published.some(({ type }) => type !== 'video.assemble')) await here.work(here.published.shift());
  const [piece] = (await here.ports.videos.pieces(id)).filter(({ result }) => result?.kind === 'chunk');
  if (piece?.result?.kind !== 'chunk') throw new Error('no chunk');
  await here.ports.files.remove(piece.result.key);
  // It dies before it can say so, and the broker gives its task again.
  const [assembly] = here.published;
  here.recorded.breakWith(new TransientError('broker_unavailable', 'gone'));
  await expect(here.work(here.published.shift())).rejects.toThrow('gone');
  here.recorded.breakWith(undefined);
  await here.work(assembly);
  await here.drain();
  // The source for comparing is there already.
  await expectWhole(here, CHUNKS + 1 + 1 + 0.1);
});

/** Whose answer to this change is lost, after which something else is written before it is asked again. */
function losesItsAnswer({ ports }: World, when: (after: Video) => boolean) {
  let isLost = false;
  const change: World['ports']['videos']['change'] = async (fileId, decide) => {
    const before = await ports.videos.get(fileId);
    const answer = await ports.videos.change(fileId, decide);
    if (isLost || answer instanceof Refusal || !before || when(before) || !when(answer)) return answer;
    isLost = true;
    await ports.videos.change(fileId, (video) => ({ ...video, updated_at: ports.now().toISOString(), seq: video.seq }));
    return ports.videos.change(fileId, decide);
  };
  return { videos: { ...ports.videos, change } };
}

it('gives its pieces out though the answer to the plan is lost, and another write comes between', async () => {
  const here = await dispatched();
  await here.work(
    here.published.shift(),
    never,
    losesItsAnswer(here, ({ work }) => work !== null),
  );
  expect((await here.video()).work).toMatchObject({ announced: true });
  expect(here.published.length).toBeGreaterThan(0);
  await here.drain();
  await expectWhole(here);
});

it('plans anew though the answer that says so is lost', async () => {
  const here = await dispatched();
  while (here.published.some(({ type }) => type !== 'video.assemble')) await here.work(here.published.shift());
  const [piece] = (await here.ports.videos.pieces(id)).filter(({ result }) => result?.kind === 'chunk');
  if (piece?.result?.kind !== 'chunk') throw new Error('no chunk');
  await here.ports.files.remove(piece.result.key);
  await here.work(
    here.published.shift(),
    never,
    losesItsAnswer(here, ({ work }) => work === null),
  );
  expect(here.published.map(({ type }) => type)).toEqual(['video.enhance']);
  await here.drain();
  await expectWhole(here, CHUNKS + 1 + 1 + 0.1);
});

it('tells once what was told of several pieces', async () => {
  const media = cuttingMedia();
  const notes = ['Parts of it are damaged.'];
  const here = await dispatched({
    ...media,
    enhanceChunk: async (job) => ({ ...(await media.enhanceChunk(job)), ...(job.index < 2 && { notes }) }),
    encodeSound: async (job) => ({ ...(await media.encodeSound(job)), notes: ['A sound was left out.'] }),
  });
  await here.drain();
  expect((await here.video()).analysis?.notes.toSorted()).toEqual(['A sound was left out.', ...notes]);
});

it('writes nothing any more once the folder of an assembly is to go, though a chunk could not be fetched', async () => {
  const here = await dispatched();
  while (here.published.some(({ type }) => type !== 'video.assemble')) await here.work(here.published.shift());
  const { files, scratch } = here.ports;
  let reading = 0;
  let readingStill = 0;
  const read: typeof files.read = async (key, ...rest) => {
    if (key.includes('chunk-0')) throw new ResourceError('disk_full', 'full');
    reading++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return (await files.read(key, ...rest)).once('close', () => {
      reading--;
    });
  };
  const watched: typeof scratch = async (use) => {
    try {
      return await scratch(use);
    } finally {
      readingStill += reading;
    }
  };
  await here.work(here.published.shift(), never, { files: { ...files, read }, scratch: watched });
  expect(readingStill).toBe(0);
  await here.drain();
  await expectWhole(here);
});

it('ends where it is when it is cancelled, and leaves nothing', async () => {
  const { promise: going, resolve: go } = Promise.withResolvers<void>();
  let begun = 0;
  const here = await dispatched(
    cuttingMedia(async () => {
      begun += 1;
      if (begun === 3) await going;
    }),
  );
  while (begun < 2) await here.work(here.published.shift());
  const last = here.work(here.published.shift());
  await expect.poll(() => begun).toBe(3);
  await cancelWork(here.ports, id);
  go();
  await last;
  await here.drain();
  expect((await here.video()).processes.video_enhancement.status).toBe('cancelled');
  expect(begun).toBe(3);
  await expectNothingLeft(here.ports);
});

it('leaves nothing of a piece that was done when its video was cancelled, and is only then followed by another', async () => {
  const here = await dispatched();
  let ending = false;
  const tasks = {
    ...here.ports.tasks,
    publish: async (message: TaskMessage) => {
      if (ending) await cancelWork(here.ports, id);
      await here.ports.tasks.publish(message);
    },
  };
  await here.work(here.published.shift());
  ending = true;
  await here.work(here.published.shift(), never, { tasks });
  expect((await here.video()).processes.video_enhancement.status).toBe('cancelled');
  await expectNothingLeft(here.ports);
});

it.each(['cancelled', 'deleted'])('leaves no plan behind when it is %s while it is planned', async (how) => {
  const media = cuttingMedia();
  const here = await dispatched({
    ...media,
    cut: async (job) => {
      await (how === 'cancelled' ? cancelWork(here.ports, id) : deleteVideo(here.ports, id));
      return media.cut(job);
    },
  });
  await here.work(here.published.shift());
  await expectNothingLeft(here.ports);
});
