import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { allowPlayback } from './allow-playback.ts';

it('gives the same cookies to two calls, so that a browser can mix them up', async () => {
  const { ports, clock } = twins();
  const { file_id } = await ports.videos.create(aVideo());
  clock.pass(1);
  const first = await allowPlayback(ports, file_id);
  clock.pass(4 * 60_000);
  const second = await allowPlayback(ports, file_id);
  expect(second.cookies).toEqual(first.cookies);
  clock.pass(60_000);
  expect((await allowPlayback(ports, file_id)).cookies).not.toEqual(first.cookies);
});

it('gives them for a quarter of an hour at least, and a few minutes more at most', async () => {
  const { ports, clock } = twins();
  const { file_id } = await ports.videos.create(aVideo());
  for (let minute = 0; minute < 7; minute++) {
    const { seconds, expires_at } = await allowPlayback(ports, file_id);
    expect(seconds).toBeGreaterThanOrEqual(15 * 60);
    expect(seconds).toBeLessThan(20 * 60);
    expect(Date.parse(expires_at)).toBe(clock.now().getTime() + seconds * 1000);
    clock.pass(60_000);
  }
});
