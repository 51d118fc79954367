import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { type Client, createClient, metadataPath } from '../client/node.ts';
import type { MetadataDocument } from '../core/metadata.ts';
import { PROFILE_NAMES, type ProfileName } from '../core/profiles/names.ts';
import { Spent } from '../core/spent.ts';
import type { Measured, MeasuredVideo } from '../infra/cost/measured.ts';
import { countIn, readArguments } from '../local/arguments.ts';
import { startPipeline } from '../local/start.ts';

/*
 * What a video takes, by profile, for `npm run cost`: anew from a real run of the whole pipeline with one worker, on the
 * example as it is and repeated until it is a minute long. Of several tries that with the fewest seconds of the worker
 * counts: on a busy machine, more says nothing. It takes some minutes; nothing else should run meanwhile.
 *
 *   npm run bench:cost -- [tries]
 */

const exec = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples', 'big-buck-bunny.mp4');
const RESULT = join(ROOT, 'infra', 'cost', 'measured.json');
/** 5.28 s each. */
const REPEATS = 12;
const { positionals } = readArguments(
  `Usage: npm run bench:cost -- [tries]

What a video takes, by profile, from a real run: infra/cost/measured.json is written anew. It takes some minutes.`,
  { allowPositionals: true },
);
const tries = countIn(positionals[0], 'tries', 2);

process.env.WORKERS = '1';
const { ffmpeg } = findFfmpeg();
const folder = await mkdtemp(join(tmpdir(), 'reelight-cost-'));
const long = join(folder, 'long.mp4');
await exec(ffmpeg, ['-v', 'error', '-stream_loop', String(REPEATS - 1), '-i', EXAMPLE, '-c', 'copy', long]);
const pipeline = await startPipeline({ note: (line) => console.error(line) });
try {
  const measured = await measure(createClient({ baseUrl: pipeline.addresses.base, clientId: 'bench-cost' }));
  await writeFile(RESULT, `${JSON.stringify(measured, null, 2)}\n`);
  console.log('infra/cost/measured.json');
} finally {
  await pipeline.stop();
  await rm(folder, { recursive: true });
}
process.exit();

async function measure(client: Client): Promise<Measured> {
  let picture: Measured['picture'] | undefined;
  const profiles: Partial<Measured['profiles']> = {};
  for (const profile of PROFILE_NAMES) {
    const best = async (path: string) => {
      const found: MeasuredVideo[] = [];
      for (let i = 0; i < tries; i++) {
        const { document, ...video } = await take(client, path, profile);
        picture = {
          width: document.resolution.width,
          height: document.resolution.height,
          frames_per_second: document.fps,
        };
        found.push(video);
      }
      const [fastest] = found.sort((a, b) => a.enhancement.seconds - b.enhancement.seconds);
      if (!fastest) throw new RangeError('It takes one try at least.');
      const { seconds, cpu_seconds, enhancement } = fastest;
      console.error(`${profile}, ${seconds} s: ${cpu_seconds} s of FFmpeg in ${enhancement.seconds} s of the worker`);
      return fastest;
    };
    profiles[profile] = { short: await best(EXAMPLE), long: await best(long) };
  }
  if (!picture) throw new Error('Nothing was measured.');
  const [, build = ''] = /ffmpeg version (\S+)/.exec((await exec(ffmpeg, ['-version'])).stdout) ?? [];
  const [{ model = '' } = {}] = cpus();
  return {
    v: 1,
    measured_at: new Date().toISOString().slice(0, 10),
    how: `npm run bench:cost: examples/big-buck-bunny.mp4, as it is and ${REPEATS} times in a row, through the pipeline of one machine with one worker; the fastest of ${tries}.`,
    machine: { cpu: model, cores: cpus().length, load: loadavg()[2] ?? 0, ffmpeg: build, node: process.version },
    picture,
    profiles: profiles as Measured['profiles'],
  };
}

async function take(client: Client, path: string, profile: ProfileName) {
  const bytes = new Blob([await readFile(path)]);
  const heard: string[] = [];
  const stop = client.listen({
    notice: (notice) => {
      if ('file_id' in notice) heard.push(notice.file_id);
    },
    connected: () => {},
  });
  const file = { name: 'clip.mp4', size: bytes.size, type: 'video/mp4', slice: bytes.slice.bind(bytes) };
  const id = await client.upload(file, { profile });
  for await (const _ of client.watch(id));
  const record = await client.get(id);
  const { outputs, cost, receipts, seq, source, status } = record;
  if (status !== 'completed' || !outputs.enhanced || !source) throw new Error(`The video ended as ${status}.`);
  const document = (await (await client.download(metadataPath(id))).json()) as MetadataDocument;
  stop();
  await client.remove(id);
  return {
    seconds: document.duration_seconds,
    source_bytes: source.size,
    enhanced_bytes: outputs.enhanced.size,
    beside_bytes: (outputs.source?.size ?? 0) + (outputs.poster?.size ?? 0) + (outputs.metadata?.size ?? 0),
    cpu_seconds: receipts.video_enhancement?.cpu_seconds ?? 0,
    changes: seq,
    notices: heard.filter((of) => of === id).length,
    enhancement: Spent.parse(cost.processes.video_enhancement),
    extraction: Spent.parse(cost.processes.metadata_extraction),
    document,
  };
}
