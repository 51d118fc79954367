import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { bombs, LIMITS } from './bombs.ts';
import { hostileWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await hostileWorld({ limits: LIMITS });
});
afterAll(() => world.close());
afterEach(async () => {
  vi.unstubAllEnvs();
  expect(await world.leftovers()).toEqual([]);
});

it.each(bombs)('$about: $becomes', async ({ make, becomes, metadata = becomes, env = {} }) => {
  const bytes = await make();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const verdict = await world.upload(bytes);
  expect([verdict.enhancement, verdict.metadata]).toEqual([becomes, metadata]);
  const { error } = verdict.video.processes.video_enhancement;
  if (becomes !== 'completed') expect(error).toMatch(/^[A-Z].* .*\.$/);
  // The record fits into its row.
  expect(JSON.stringify(verdict.video).length).toBeLessThan(100_000);
});
