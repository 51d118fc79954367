import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { compareAdaptive } from './enhance/adaptive.ts';
import { compareClassic } from './enhance/classic.ts';
import { clip, ffmpeg } from './enhance/rig.ts';

/*
 * What enhancing costs. Trust the CPU seconds and their ratios; on a busy machine, wall times say little. Linux only.
 *
 *   npm run bench:enhance -- [rounds] [clips…]
 */

const [, , rounds = '3', ...given] = process.argv;
const clips = given.length > 0 ? given : [clip('bigbuckbunny.mp4'), clip('bikes.mp4')];
console.log(execFileSync(ffmpeg, ['-version'], { encoding: 'utf8' }).split('\n')[0]);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
for (const each of clips) await compareClassic(each, Number(rounds));
for (const each of clips) await compareAdaptive(each, Number(rounds));
