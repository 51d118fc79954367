import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../local/arguments.ts';
import { ROOT } from '../local/home.ts';
import { CLIPS, type Clip } from './quality/clips.ts';
import { contactSheet, type Pair, picture } from './quality/contact-sheet.ts';
import { DAMAGES, type Damage } from './quality/damages.ts';
import { judgingFfmpeg, packages } from './quality/ffmpeg.ts';
import { judge } from './quality/judge.ts';
import { original, upload } from './quality/prepare.ts';
import { close, produce } from './quality/product.ts';
import { goalsOf, goalTable, harmed, type Result, tableOf } from './quality/results.ts';

/*
 * Whether enhancing makes videos better: real clips are damaged on purpose, coded as an upload, put through the
 * product's own steps, and compared picture by picture with what they were before, ahead of the final encode.
 *
 *   npm run bench:quality -- [--half tuning|held-out] [--clips a,b] [--kinds dark,noise] [--frames 24] [--write]
 *
 * `--write` puts the figures and the contact sheet into docs/; without it they are only shown. With `--results FILE`,
 * what was measured before is taken from there, so that a run that was broken off goes on.
 */

const USAGE = `Usage: npm run bench:quality -- [--half tuning|held-out] [--clips a,b] [--kinds dark,noise] [--frames 24]
       [--results FILE] [--write]

Whether enhancing makes videos better, by clips that are damaged on purpose. It takes hours.`;

const { values: options } = readArguments(USAGE, {
  options: {
    half: { type: 'string' },
    clips: { type: 'string' },
    kinds: { type: 'string' },
    frames: { type: 'string', default: '24' },
    results: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const frames = Number(options.frames);
const clips = CLIPS.filter(
  ({ name, half }) =>
    (!options.half || half === options.half) && (!options.clips || options.clips.split(',').includes(name)),
);
const damages = DAMAGES.filter(({ kind }) => !options.kinds || options.kinds.split(',').includes(kind));
const from = await packages();
const ffmpeg = judgingFfmpeg(from);
const folder = await mkdtemp(join(tmpdir(), 'bench-quality-'));
const started = performance.now();
try {
  const results: Result[] =
    options.results && existsSync(options.results) ? JSON.parse(await readFile(options.results, 'utf8')) : [];
  const pairs: Pair[] = [];
  for (const [i, clip] of clips.entries()) {
    const clean = await original(ffmpeg, clip, { packages: from, folder, frames });
    for (const [j, damage] of damages.entries()) {
      const done = ({ clip: name, kind, strength }: Result) =>
        name === clip.name && kind === damage.kind && strength === damage.strength;
      const shown = clip.publishable && clip.half === 'held-out' && damage.strength === 2 && (i + j / 2) % 2 === 1;
      if (!(shown && options.write) && results.some(done)) continue;
      const result = await put(clip, clean, damage, shown ? pairs : undefined);
      results.splice(0, results.length, ...results.filter((result) => !done(result)), result);
      if (options.results) await writeFile(options.results, JSON.stringify(results));
    }
  }
  const report = (['tuning', 'held-out'] as const).flatMap((half) => section(half, results));
  console.log(`\n${report.join('\n')}\n\n${Math.round((performance.now() - started) / 1000)} s`);
  if (options.write) await write(report, pairs);
} finally {
  await close();
  await rm(folder, { recursive: true });
}

async function put(clip: Clip, clean: string, damage: Damage, pairs: Pair[] | undefined): Promise<Result> {
  const path = await upload(ffmpeg, clean, damage, folder);
  const every = damage.halfRate ? 2 : 1;
  const scoresOf = (path: string) => judge(ffmpeg, { path, original: clean, every, folder });
  const adaptive = await produce('adaptive', path, folder);
  const classic = await produce('classic', path, folder);
  const scores = {
    'as it came': await scoresOf(path),
    classic: await scoresOf(classic.path),
    adaptive: await scoresOf(adaptive.path),
  };
  const mended = adaptive.plan.findings.flatMap(({ subject, verdict }) => (verdict === 'mended' ? [subject] : []));
  if (pairs) {
    const at = Math.floor(frames / every / 2);
    const still = (name: string, path: string) =>
      picture(ffmpeg, path, join(folder, `${pairs.length}-${name}.png`), at);
    const [before, after] = [await still('before', path), await still('after', adaptive.path)];
    pairs.push({ label: `${clip.name}: ${damage.kind}`, before, after });
  }
  const [was, is] = [scores['as it came'], scores.adaptive];
  const gain = `${was.vmaf.toFixed(1).padStart(5)} → ${is.vmaf.toFixed(1).padStart(5)}  ${was.psnr.toFixed(1)} → ${is.psnr.toFixed(1)} dB`;
  console.log(
    `${clip.name.padEnd(9)} ${`${damage.kind} ${damage.strength}`.padEnd(20)} ${gain}  ${mended.join(', ') || 'left alone'}`,
  );
  return { clip: clip.name, half: clip.half, kind: damage.kind, strength: damage.strength, scores, mended };
}

function section(half: Clip['half'], all: Result[]): string[] {
  const results = all.filter((result) => result.half === half);
  if (results.length === 0) return [];
  const worse = harmed(results);
  return [
    ...[`### ${half === 'tuning' ? 'Tuning half' : 'Held-out half'}`, '', ...goalTable(goalsOf(results)), ''],
    ...['VMAF-NEG / SSIM / PSNR-Y, means over clips:', '', ...tableOf(results), ''],
    ...(worse.length > 0 ? ['Worse than they came, by more than 0.2 of either:', '', ...worse, ''] : []),
  ];
}

async function write(report: string[], pairs: Pair[]): Promise<void> {
  const path = join(ROOT, 'docs', 'quality.md');
  const [begin, end] = ['<!-- figures: begin -->', '<!-- figures: end -->'];
  const page = existsSync(path) ? await readFile(path, 'utf8') : `${begin}\n${end}\n`;
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  await writeFile(path, `${before}${begin}\n\n${report.join('\n')}\n${end}${after}`);
  if (pairs.length === 0) return;
  await mkdir(join(ROOT, 'docs', 'images'), { recursive: true });
  await contactSheet(ffmpeg, pairs, join(ROOT, 'docs', 'images', 'quality.png'));
}
