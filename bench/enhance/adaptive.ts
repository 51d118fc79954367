import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAMAGES, type Damage, UPLOAD } from '../quality/damages.ts';
import {
  decodeAgain,
  encode,
  enhanceOnce,
  factsOf,
  HEADINGS,
  median,
  print,
  referenceMethod,
  repeated,
  runFfmpeg,
} from './rig.ts';

const KINDS = ['clean', 'dark', 'noise', 'blur', 'washed out'] as const satisfies Damage['kind'][];

/**
 * What `adaptive` costs, by what is wrong with a video, side by side and in turns:
 *
 *   adaptive    our step, looking included
 *   plain       plain FFmpeg that encodes the source with the same settings
 *   bare        the FFmpeg command that our step ran, on a plain file: what running it in a worker adds
 *   decode      the one that our step ran next: every frame of the result decoded, before anybody may have it
 *   reference   the fixed formula, every frame through Python and OpenCV, then a second encode
 *
 * and how near each result comes to the clean original.
 */
export async function compareAdaptive(original: string, rounds: number, seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-adaptive-'));
  const all: Record<string, number[]> = {};
  const note = (name: string, value: number) => {
    all[name] = [...(all[name] ?? []), value];
  };
  try {
    const clean = join(folder, 'clean.mp4');
    await repeated(original, seconds, clean);
    for (const kind of KINDS) {
      const damage = DAMAGES.find((each) => each.kind === kind);
      if (!damage) throw new Error(`There is no damage ${kind}.`);
      const source = join(folder, 'source.mp4');
      const { coding = UPLOAD, filters } = damage;
      await runFfmpeg(
        '-v',
        'error',
        '-i',
        clean,
        '-vf',
        filters.join(',') || 'null',
        ...coding,
        '-c:a',
        'copy',
        source,
      );
      const { video } = await factsOf(source);
      console.log(`\nadaptive: ${kind}, ${video.width}×${video.height}, ${rounds} rounds\n${HEADINGS}`);
      const ratios: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        const adaptive = await enhanceOnce('adaptive', source, folder);
        const plain = await encode(source, join(folder, 'plain.mp4'));
        const bare = await encode(source, join(folder, 'bare.mp4'), adaptive.graph);
        const decode = await decodeAgain(adaptive.path);
        const reference = await referenceMethod(source, folder);
        const costs = { adaptive, plain, bare, decode, reference };
        for (const [name, cost] of Object.entries(costs)) print(`${round}  ${name}`, cost);
        ratios.push(adaptive.cpu / plain.cpu);
        note('adaptive without looking / bare, CPU', (adaptive.cpu - adaptive.looking) / bare.cpu);
        note(
          'adaptive without looking / bare and decode, CPU',
          (adaptive.cpu - adaptive.looking) / (bare.cpu + decode.cpu),
        );
        note('looking / adaptive, CPU', adaptive.looking / adaptive.cpu);
        note('adaptive / reference, wall', adaptive.wall / reference.wall);
        note('adaptive / reference, CPU', adaptive.cpu / reference.cpu);
        if (round < rounds) continue;
        console.log(
          `  adaptive / plain, CPU: ${median(ratios).toFixed(2)}   graph: ${adaptive.graph || '(nothing to mend)'}`,
        );
        for (const [name, path] of Object.entries({
          'as it came': source,
          adaptive: adaptive.path,
          reference: join(folder, 'reference.mp4'),
        })) {
          const bytes = (await stat(path)).size;
          console.log(`  ${name.padEnd(12)} PSNR-Y ${(await psnr(path, clean)).toFixed(2)} dB, ${bytes} bytes`);
        }
      }
      note('adaptive / plain, CPU, mean over kinds', median(ratios));
    }
    console.log();
    for (const [name, values] of Object.entries(all)) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      console.log(`  ${name}: mean ${mean.toFixed(3)}, largest ${Math.max(...values).toFixed(3)}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function psnr(path: string, clean: string): Promise<number> {
  // Frame by frame: what is looped has no even time stamps.
  const graph = '[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];[a][b]psnr';
  const said = await runFfmpeg('-i', path, '-i', clean, '-lavfi', graph, '-f', 'null', '-');
  return Number(/PSNR y:(\S+)/.exec(said)?.[1]);
}
