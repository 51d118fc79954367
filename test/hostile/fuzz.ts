import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Clip, makeClip } from '../clips.ts';
import { realClips } from '../python.ts';
import { LIMITS } from './bombs.ts';
import { mutated } from './mutate.ts';
import { hostileWorld, type World } from './world.ts';

/*
 * Clips, made and real, damaged at random, through everything that happens to an upload. A seed names a file and what was done to
 * it, so what is found can be met again: `npm run fuzz -- --seed S --count 1`.
 */

const CLIPS: Clip[] = [
  ...(['plain.mp4', 'header-first.mp4', 'ten-bit.mkv', 'stream.ts', 'old.avi'] as const),
  ...(['web.webm', 'anim.gif', 'uneven.mkv', 'surround.mp4', 'odd.mp4'] as const),
];
/** Of cameras: see `realClips`. */
const REAL = ['carphone_pristine.mp4', 'bikes.mp4'];
const NAMES: readonly string[] = [...CLIPS, ...REAL];

export interface Found {
  seed: number;
  file: string;
  how: string;
  enhancement: string;
  metadata: string;
  /** What is wrong with how it ended; none, if nothing is. */
  faults: string[];
}

/**
 * What an upload may end with: whole, or refused for something that is the matter with its bytes. Anything else, such as
 * a failure that is tried again and again, would be a fault of ours.
 */
const ENDS = new Set([
  ...['completed', 'unreadable', 'undecodable', 'not_a_video'],
  ...['too_long', 'too_large', 'too_fast', 'too_costly'],
]);

export async function fuzzer() {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const files: Buffer[] = [];
  for (const clip of CLIPS) files.push(await readFile(await makeClip(folder, clip)));
  const real = await realClips();
  for (const clip of REAL) files.push(await readFile(join(real, clip)));
  await rm(folder, { recursive: true });
  const world: World = await hostileWorld({ limits: LIMITS });

  return {
    /** @param clip the one that the seed names, unless said */
    async run(seed: number, clip?: string): Promise<Found> {
      const which = clip === undefined ? seed % files.length : NAMES.indexOf(clip);
      const { bytes, how } = mutated(files[which] ?? Buffer.alloc(0), seed);
      const { enhancement, metadata, log } = await world.upload(bytes);
      const left = await world.leftovers();
      const faults = [
        ...[enhancement, metadata].filter((end) => !ENDS.has(end)).map((end) => `ended with ${end}`),
        ...left.map((name) => `left behind: ${name}`),
      ];
      if (faults.length > 0 && process.env.FUZZ_LOG) console.log(log);
      return { seed, file: NAMES[which] ?? '', how, enhancement, metadata, faults };
    },
    close: () => world.close(),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, count: { type: 'string' } },
  });
  const first = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const until = values.count ? Number.POSITIVE_INFINITY : performance.now() + Number(values.minutes ?? 1) * 60_000;
  const most = Number(values.count ?? Number.POSITIVE_INFINITY);
  console.log(`From seed ${first} on.`);
  const { run, close } = await fuzzer();
  const ends = new Map<string, number>();
  let [done, wrong] = [0, 0];
  for (let seed = first; done < most && performance.now() < until; seed++, done++) {
    const { file, how, enhancement, metadata, faults } = await run(seed);
    const end = `${enhancement} / ${metadata}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (faults.length === 0) continue;
    wrong++;
    console.log(`seed ${seed}: ${file} ${how}: ${faults.join('; ')}`);
  }
  await close();
  console.log(
    `${done} files, ${wrong} with a fault. ${[...ends].map(([end, count]) => `${end}: ${count}`).join(', ')}`,
  );
  process.exitCode = wrong > 0 ? 1 : 0;
}
