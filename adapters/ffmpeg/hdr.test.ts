import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { conform } from '../../core/conform.ts';
import { planKeepingHdr } from '../../core/conform-keep.ts';
import { silentLog } from '../../core/log.ts';
import type { Enhanced, MediaTools } from '../../core/ports/index.ts';
import { inspect } from '../../test/clips.ts';
import { fileSource } from '../../test/file-source.ts';
import { inventoryOf } from './encoders.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

const exec = promisify(execFile);
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const { signal } = new AbortController();
const hasX265 = (await inventoryOf(programs.ffmpeg, signal)).available.has('libx265');

const DISPLAY = 'G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hdr-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Ten pictures of grey at reference white's half: what an SDR picture of level 128 becomes at 203 cd/m². */
async function made(transfer: 'smpte2084' | 'arib-std-b67', parameters = ''): Promise<string> {
  const path = join(folder, `${transfer}${parameters.length}.mp4`);
  const graph = [
    'format=gbrp,setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=pc',
    'zscale=t=linear:npl=203,format=gbrpf32le',
    `zscale=t=${transfer}:p=2020:m=2020_ncl:r=tv:npl=203:c=left`,
    'format=yuv420p10le',
  ];
  const signs = `log-level=none:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc:range=limited${parameters}`;
  await exec(programs.ffmpeg, [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=0x909090:size=320x180:rate=25:duration=0.4'],
    ...['-vf', graph.join(',')],
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '12', '-tag:v', 'hvc1', '-x265-params', signs, path],
  ]);
  return path;
}

async function kept(path: string, tools: MediaTools = media) {
  const source = await fileSource(path);
  const { facts } = await tools.probe(source, signal);
  const plan = planKeepingHdr(facts);
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  const enhanced = await tools.enhance({ source, facts, plan, scratch, onProgress: () => {}, signal });
  return { facts, plan, scratch, enhanced };
}

/** What a player is told with the first picture. */
async function firstPicture({ path }: Enhanced): Promise<string> {
  const show = ['-v', 'error', '-read_intervals', '%+#1', '-show_frames', '-of', 'json'];
  return (await exec(programs.ffprobe, [...show, path])).stdout;
}

/** An FFmpeg that hides these encoders. */
async function without(names: string): Promise<MediaTools> {
  const ffmpeg = join(folder, `ffmpeg-without-${names.replace(/\W/g, '')}`);
  const real = programs.ffmpeg;
  await writeFile(
    ffmpeg,
    `#!/bin/sh\ncase "$*" in *-encoders*) exec ${real} "$@" | grep -Ev '${names}' ;; *) exec ${real} "$@" ;; esac\n`,
  );
  await chmod(ffmpeg, 0o755);
  return ffmpegTools({ ...programs, ffmpeg, log: silentLog });
}

const HDR10 = { color_space: 'bt2020nc', color_primaries: 'bt2020', color_transfer: 'smpte2084', color_range: 'tv' };

it.runIf(hasX265)('keeps HDR10 in 10 bits, with what it says of its light', async () => {
  const path = await made('smpte2084', `:hdr10=1:master-display=${DISPLAY}:max-cll=1000,400`);
  const { facts, enhanced } = await kept(path);
  expect(facts.video.hdr).toMatchObject({
    peak: 1000,
    light: { content: { most: 1000, average: 400 }, display: { red: { x: 0.68, y: 0.32 }, brightest: 1000 } },
  });
  expect(enhanced).toMatchObject({ contentType: 'video/mp4', encoder: 'libx265' });
  expect(enhanced).not.toHaveProperty('otherwise');
  expect((await inspect(enhanced.path)).streams[0]).toMatchObject({
    ...{ codec_name: 'hevc', codec_tag_string: 'hvc1', profile: 'Main 10', pix_fmt: 'yuv420p10le', nb_frames: '10' },
    ...HDR10,
  });
  const frame = await firstPicture(enhanced);
  expect(frame).toContain('"max_content": 1000');
  expect(frame).toContain('"max_average": 400');
  expect(frame).toContain('"red_x": "34000/50000"');
  expect(frame).toContain('"max_luminance": "10000000/10000"');
  expect(frame).toContain('"min_luminance": "50/10000"');
});

it.runIf(hasX265)('keeps HLG, and makes up nothing about its light', async () => {
  const { facts, enhanced } = await kept(await made('arib-std-b67'));
  expect(facts.video.hdr?.light).toBeUndefined();
  expect((await inspect(enhanced.path)).streams[0]).toMatchObject({
    ...{ codec_name: 'hevc', codec_tag_string: 'hvc1', pix_fmt: 'yuv420p10le' },
    ...{ ...HDR10, color_transfer: 'arib-std-b67' },
  });
  expect(await firstPicture(enhanced)).not.toMatch(/max_content|max_luminance/);
});

it.runIf(hasX265)('goes to H.264 in 10 bits where there is no x265', async () => {
  const path = await made('smpte2084', `:hdr10=1:master-display=${DISPLAY}:max-cll=1000,400`);
  const { enhanced } = await kept(path, await without('libx265'));
  expect(enhanced.encoder).toBe('libx264');
  expect((await inspect(enhanced.path)).streams[0]).toMatchObject({
    ...{ codec_name: 'h264', profile: 'High 10', pix_fmt: 'yuv420p10le' },
    ...HDR10,
  });
  // FFmpeg's decoder of H.264 does not tell it in every version; its parser does.
  const parsed = ['-v', 'trace', '-i', enhanced.path, '-c', 'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'];
  const { stderr } = await exec(programs.ffmpeg, ['-nostdin', ...parsed], { maxBuffer: 64 * 1024 * 1024 });
  expect(stderr).toMatch(/max_content_light_level\s+0000001111101000 = 1000/);
  expect(stderr).toMatch(/max_display_mastering_luminance\s+\d+ = 10000000/);
});

it.runIf(hasX265)('comes in standard range with a word about it, where nothing writes 10 bits', async () => {
  const { plan, enhanced } = await kept(await made('smpte2084'), await without('libx265|libx264'));
  expect(enhanced.notes).toEqual([
    'High dynamic range could not be written here: the video was brought to standard range.',
  ]);
  expect(enhanced.otherwise).toBe(plan.hdr?.otherwise);
  expect((await inspect(enhanced.path)).streams[0]?.pix_fmt).toBe('yuv420p');
});

it.runIf(hasX265).each(['smpte2084', 'arib-std-b67'] as const)(
  'has a poster in standard range: %s',
  async (transfer) => {
    const { facts, plan, scratch, enhanced } = await kept(await made(transfer));
    const job = { path: enhanced.path, durationSeconds: enhanced.durationSeconds, scratch, signal };
    const level = async (shown?: string) => {
      const { jpeg } = await media.makePoster({ ...job, shown });
      const gray = ['-v', 'error', '-i', jpeg.path, '-vf', 'format=gray', '-f', 'rawvideo', join(folder, 'level.raw')];
      await exec(programs.ffmpeg, ['-y', ...gray]);
      const samples = await readFile(join(folder, 'level.raw'));
      return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    };
    // Grey below the knee stays as bright as it is in standard range.
    expect(Math.abs((await level(plan.hdr?.shown)) - 0x90)).toBeLessThan(4);
    expect(plan.hdr?.shown).toBe(conform(facts, null).graph);
  },
);
