import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzzer } from './fuzz.ts';
import { mutated } from './mutate.ts';

/** As many as there is time for in every run; `npm run fuzz -- --minutes N` goes on. */
const COUNT = 20;
const FIRST = Number(process.env.FUZZ_SEED ?? 1);

let fuzz: Awaited<ReturnType<typeof fuzzer>>;
beforeAll(async () => {
  fuzz = await fuzzer();
  console.log(`Fuzzing from seed ${FIRST} on.`);
});
afterAll(() => fuzz.close());

/** What was once found, and mended. */
const FOUND = [
  { seed: 5198, clip: 'surround.mp4' },
  { seed: 944, clip: 'surround.mp4' },
];

it.each([...FOUND, ...Array.from({ length: COUNT }, (_, i) => ({ seed: FIRST + i, clip: undefined }))])(
  'damage of seed $seed ends in a refusal or a whole video, and leaves nothing behind',
  async ({ seed, clip }) => {
    const found = await fuzz.run(seed, clip);
    expect(found.faults, JSON.stringify(found)).toEqual([]);
  },
);

it('does the same damage again for the same seed', () => {
  const file = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251));
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  for (const seed of seeds) expect(mutated(file, seed)).toEqual(mutated(file, seed));
  const different = new Set(seeds.map((seed) => mutated(file, seed).bytes.toString('latin1')));
  expect(different.size).toBeGreaterThan(95);
});
