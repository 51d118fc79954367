import { afterAll, expect, it, vi } from 'vitest';
import { TransientError } from '../../core/errors.ts';
import { grey } from './pictures.fixture.ts';
import { openCvVision } from './vision.ts';

// Programs and a large WASM start here, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const vision = openCvVision();
const never = new AbortController().signal;
const frame = (size = 64) => grey(size, size, (x) => x);

afterAll(() => vision.close());

it('takes the memory of a frame, and leaves that of others alone', async () => {
  const own = frame();
  await vision.measure(own, never);
  expect(own.bgr.length).toBe(0);
  const shared = new Uint8Array(2 * 64 * 64 * 3).fill(50);
  const half = { ...frame(), bgr: shared.subarray(64 * 64 * 3) };
  expect((await vision.measure(half, never)).luma.p50).toBe(50);
  expect(shared[0]).toBe(50);
});

it('answers each with its own measures', async () => {
  const levels = [10, 90, 200];
  const all = await Promise.all(
    levels.map((level) =>
      vision.measure(
        grey(32, 32, () => level),
        never,
      ),
    ),
  );
  expect(all.map(({ luma }) => luma.p50)).toEqual(levels);
});

it('says so when a frame cannot be measured, and goes on', async () => {
  const short = { ...frame(), bgr: new Uint8Array(10) };
  const none = { time: 0, width: 0, height: 0, bgr: new Uint8Array(0) };
  for (const broken of [short, none]) {
    await expect(vision.measure(broken, never)).rejects.toMatchObject({ code: 'vision_failed' });
  }
  expect((await vision.measure(frame(), never)).luma.p50).toBe(31);
});

it('stops waiting when told to', async () => {
  const stop = new AbortController();
  const waiting = vision.measure(frame(), stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(vision.measure(frame(), stop.signal)).rejects.toThrow('enough');
});

it('starts again after its thread died', async () => {
  const own = openCvVision();
  await own.measure(frame(), never);
  const waiting = expect(own.measure(frame(1000), never)).rejects.toBeInstanceOf(TransientError);
  await own.close();
  await waiting;
  expect((await own.measure(frame(), never)).luma.p50).toBe(31);
  await own.close();
});

it('gives up on a thread that does not answer, or cannot be started', async () => {
  const deaf = openCvVision({ thread: new URL('data:text/javascript,setInterval(()=>{},1e6)'), patienceMs: 200 });
  await expect(deaf.measure(frame(), never)).rejects.toMatchObject({ code: 'vision_failed' });
  const absent = openCvVision({ thread: new URL('./absent.ts', import.meta.url) });
  await expect(absent.measure(frame(), never)).rejects.toMatchObject({ code: 'vision_failed' });
});

it('needs no more memory for two hundred frames than for twenty', async () => {
  const { bgr, ...size } = grey(480, 270, (x, y) => (x * y) % 256);
  const pictures = async (count: number) => {
    for (let i = 0; i < count; i++) await vision.measure({ ...size, bgr: bgr.slice() }, never);
    return process.memoryUsage().rss;
  };
  const before = await pictures(20);
  const after = await pictures(180);
  // A leak of one luma plane a frame would be 23 MB, and of the picture itself 70.
  expect(after - before).toBeLessThan(20e6);
});
