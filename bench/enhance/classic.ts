import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FILTER_THREADS } from '../../adapters/ffmpeg/command.ts';
import { planFor } from '../../core/conform.ts';
import { classic } from '../../core/profiles/classic.ts';
import {
  decodeAgain,
  encode,
  enhanceOnce,
  factsOf,
  HEADINGS,
  print,
  referenceMethod,
  repeated,
  runFfmpeg,
  spread,
} from './rig.ts';

const SECONDS = 25;

/**
 * What `classic` costs, side by side on the same clip and in turns:
 *
 *   enhancer   our step: one FFmpeg that decodes, filters and encodes, fed through the range server, and a second that
 *              decodes the result, before anybody may have it
 *   decode     that second one alone
 *   floor      plain FFmpeg that encodes the enhancer's own output again with the same settings: what encoding alone is
 *   frames     plain FFmpeg that encodes the very frames that the enhancer encodes, from a raw file: x264 spends more on
 *              them than on its own output, from which it took the noise before
 *   reference  every frame through Python and OpenCV into an intermediate file, then encoded by FFmpeg
 */
export async function compareClassic(original: string, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-classic-'));
  const ratios: Record<'floor' | 'floor, without the decode' | 'frames' | 'reference' | 'reference, wall', number[]> = {
    floor: [],
    'floor, without the decode': [],
    frames: [],
    reference: [],
    'reference, wall': [],
  };
  try {
    const clip = join(folder, 'clip.mp4');
    const times = await repeated(original, SECONDS, clip);
    console.log(`classic: ${basename(original)} × ${times}, ${rounds} rounds\n${HEADINGS}`);
    const filtered = await filter(clip, join(folder, 'frames.nut'));
    for (let round = 1; round <= rounds; round++) {
      const enhancer = await enhanceOnce('classic', clip, folder);
      const decode = await decodeAgain(enhancer.path);
      const floor = await encode(enhancer.path, join(folder, 'floor.mp4'));
      const frames = await encode(filtered, join(folder, 'frames.mp4'));
      const reference = await referenceMethod(clip, folder);
      for (const [name, cost] of Object.entries({ enhancer, decode, floor, frames, reference }))
        print(`${round}  ${name}`, cost);
      ratios.floor.push(enhancer.cpu / floor.cpu);
      ratios['floor, without the decode'].push((enhancer.cpu - decode.cpu) / floor.cpu);
      ratios.frames.push(enhancer.cpu / frames.cpu);
      ratios.reference.push(enhancer.cpu / reference.cpu);
      ratios['reference, wall'].push(enhancer.wall / reference.wall);
      if (round === rounds)
        console.log(`  ${(await stat(clip)).size} bytes became ${(await stat(enhancer.path)).size}`);
    }
    for (const [name, values] of Object.entries(ratios)) console.log(`  enhancer / ${name}: ${spread(values)}`);
    console.log();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The frames as the enhancer's encoder sees them, uncompressed, with the sound beside them. */
async function filter(clip: string, output: string): Promise<string> {
  const { graph } = planFor(classic, await factsOf(clip), null);
  const raw = [
    '-vf',
    graph,
    '-filter_threads',
    String(FILTER_THREADS),
    '-fps_mode',
    'passthrough',
    '-c:v',
    'rawvideo',
    '-c:a',
    'copy',
  ];
  await runFfmpeg('-v', 'error', '-i', clip, ...raw, output);
  return output;
}
