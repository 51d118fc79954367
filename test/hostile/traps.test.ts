import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { makeClip } from '../clips.ts';
import { type Canary, canaryWith } from './canary.ts';
import { traps } from './traps.ts';
import { hostileWorld, type Verdict, type World } from './world.ts';

let folder = '';
let clips: Record<'mp4' | 'avi', Buffer>;
let canary: Canary;
let world: World;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traps-'));
  const [mp4, avi] = [await makeClip(folder, 'silent.mp4'), await makeClip(folder, 'old.avi')];
  clips = { mp4: await readFile(mp4), avi: await readFile(avi) };
  canary = await canaryWith(mp4);
  world = await hostileWorld();
});
afterAll(async () => {
  await world.close();
  await canary.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  expect(await world.leftovers()).toEqual([]);
});

/** Nobody came to the canary, and nothing of it came out. */
function expectNothingReached({ files, log, video }: Verdict): void {
  expect(canary.visits()).toEqual([]);
  for (const [key, body] of files) expect(body.includes(canary.secret), key).toBe(false);
  expect(log + JSON.stringify(video)).not.toContain(canary.secret);
}

describe.each(traps)('$about', ({ name, make, naive, becomes = 'unreadable' }) => {
  it('reaches nothing', async () => {
    const verdict = await world.upload(make(canary, clips));
    expect([verdict.enhancement, verdict.metadata]).toEqual([becomes, becomes]);
    expectNothingReached(verdict);
  });

  it.runIf(naive)('would lead an FFmpeg that is left to itself there', async () => {
    const trap = join(folder, name);
    await writeFile(trap, make(canary, clips));
    await new Promise((done) =>
      execFile(findFfmpeg().ffprobe, [...(naive ?? []), '-i', trap], { timeout: 20_000 }, done),
    );
    expect(canary.visits()).not.toEqual([]);
  });
});

it('leaves fonts and paths in subtitles what they are: text', async () => {
  const subtitles = join(folder, 'subtitles.ass');
  const font = join(folder, 'font.ttf');
  const outside = join(folder, 'outside');
  await writeFile(font, 'no font');
  await writeFile(
    subtitles,
    [
      '[Script Info]\nScriptType: v4.00+\n[V4+ Styles]',
      'Format: Name, Fontname, Fontsize',
      `Style: Default,${canary.text},20`,
      '[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
      `Dialogue: 0,0:00:00.00,0:00:00.50,Default,,0,0,0,,{\\fn${canary.text}}<img src="${canary.address}/x"> ${canary.text}`,
    ].join('\n'),
  );
  const path = join(folder, 'subtitled.mkv');
  const attached = [
    '-attach',
    font,
    '-metadata:s:t',
    `filename=../../..${outside}`,
    '-metadata:s:t',
    'mimetype=font/ttf',
  ];
  const args = [
    '-v',
    'error',
    '-y',
    '-i',
    join(folder, 'silent.mp4'),
    '-i',
    subtitles,
    '-map',
    '0',
    '-map',
    '1',
    '-c',
    'copy',
  ];
  await new Promise<void>((done, fail) =>
    execFile(findFfmpeg().ffmpeg, [...args, ...attached, path], (error) => (error ? fail(error) : done())),
  );
  const verdict = await world.upload(await readFile(path), `$(touch ${outside}) ; -y .mkv`);
  expect([verdict.enhancement, verdict.metadata]).toEqual(['completed', 'completed']);
  expectNothingReached(verdict);
  expect(existsSync(outside)).toBe(false);
});
