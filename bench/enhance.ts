import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { readArguments } from '../local/arguments.ts';
import { compareAdaptive } from './enhance/adaptive.ts';
import { compareClassic } from './enhance/classic.ts';
import { clip, ffmpeg } from './enhance/rig.ts';

/*
 * What enhancing costs. Trust the CPU seconds and their ratios; on a busy machine, wall times say little. Linux only.
 *
 *   npm run bench:enhance -- [rounds] [clips…] [--only classic|adaptive] [--seconds N]
 *
 * `--seconds` is how long `adaptive`'s clips last, by being repeated (20).
 */

const USAGE = `Usage: npm run bench:enhance -- [rounds] [clips…] [--only classic|adaptive] [--seconds N]

What enhancing costs, in CPU seconds. Linux only.`;

const { values: options, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: { only: { type: 'string' }, seconds: { type: 'string', default: '20' } },
});
const [rounds = '3', ...given] = positionals;
const clips = given.length > 0 ? given : [clip('bigbuckbunny.mp4'), clip('bikes.mp4')];
console.log(execFileSync(ffmpeg, ['-version'], { encoding: 'utf8' }).split('\n')[0]);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
if (options.only !== 'adaptive') for (const each of clips) await compareClassic(each, Number(rounds));
if (options.only !== 'classic')
  for (const each of clips) await compareAdaptive(each, Number(rounds), Number(options.seconds));
