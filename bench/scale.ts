import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { createClient, fileAt } from '../client/node.ts';
import { countIn, readArguments } from '../local/arguments.ts';
import { homeFrom } from '../local/home.ts';
import { freePorts } from '../local/ports.ts';
import { startPipeline } from '../local/start.ts';
import { talkTo, type VideoView } from '../test/talk.ts';
import { cpuOfMachine, cpuOfProcess } from './cpu-time.ts';

/*
 * What many workers gain, and what cutting costs: one three-minute clip in 720p on one worker and on two, each pinned to
 * one processor and its encoder to one thread; and a short clip's time behind a long one against being alone. On the real pipeline, in a home
 * of its own.
 *
 *   npm run bench:scale -- [seconds] [--json FILE]
 */

const exec = promisify(execFile);
const { values: options, positionals } = readArguments(
  `Usage: npm run bench:scale -- [seconds] [--json FILE]

What many workers gain and what cutting costs, on a pipeline of its own. Linux only; it takes many minutes.`,
  { allowPositionals: true, options: { json: { type: 'string' } } },
);
const seconds = countIn(positionals[0], 'seconds', 180);

/** Seconds before each of the short clips that are sent behind a long one: they wait for a chunk that has more or less left. */
const PAUSES = [0, 7, 3, 9, 5];

/** What is done once all pieces are there. */
const JOINING = ['fetch', 'assemble', 'poster', 'store', 'publish'];

interface Run {
  workers: number;
  wall: number;
  cpu: number;
  /** Processors that the workers could have: those there are, without what everything else took. */
  cores: number;
  bytes: number;
  read: number;
  /** From the end of the last piece to the end of all, in seconds. */
  assembly: number;
  steps: Record<string, number>;
}

const root = await mkdtemp(join(tmpdir(), 'reelight-scale-'));
try {
  const long = await clip('long.mp4', seconds);
  const short = await clip('short.mp4', 10);
  const runs: Run[] = [];
  let alone = 0;
  const behind: { pause: number; wall: number }[] = [];
  for (const workers of [1, 2]) {
    await withPipeline(workers, async (reelight, pids) => {
      runs.push(await measured(reelight, pids, long));
      if (workers < 2) return;
      alone = (await timed(reelight, short)).wall;
      const film = await send(reelight, long);
      await reelight.until(film, ({ processes }) => processes.video_enhancement.progress > 10, 600_000);
      let over = Date.now();
      for (const pause of PAUSES) {
        await sleep(pause * 1000);
        const { began, ended, wall } = await timed(reelight, short);
        behind.push({ pause: (began - over) / 1000, wall });
        over = ended;
      }
      const { status } = await reelight.video(film);
      if (status !== 'processing') throw new Error('The long clip was done before the short ones were: give a longer.');
      await fetch(`${reelight.base}/videos/${film}`, { method: 'DELETE' });
    });
  }
  print(
    runs,
    { alone, behind: behind.reduce((sum, { wall }) => sum + wall, 0) / behind.length },
    (await stat(long)).size,
  );
  if (options.json)
    await writeFile(options.json, `${JSON.stringify({ seconds, runs, short: { alone, behind } }, null, 2)}\n`);
} finally {
  await rm(root, { recursive: true, force: true });
}

async function clip(name: string, length: number): Promise<string> {
  const path = join(root, name);
  const { ffmpeg } = findFfmpeg();
  await exec(ffmpeg, [
    ...['-v', 'error', '-y', '-stream_loop', '-1', '-i', 'examples/big-buck-bunny.mp4', '-t', String(length)],
    ...['-vf', 'scale=1280:720', '-c:v', 'libx264', '-preset', 'veryfast', '-g', '100', '-c:a', 'aac', path],
  ]);
  return path;
}

async function withPipeline(
  workers: number,
  use: (reelight: ReturnType<typeof talkTo>, workers: number[]) => Promise<void>,
): Promise<void> {
  const usual = homeFrom(process.env);
  const [edge, emulator, broker, issuer] = await freePorts(4);
  Object.assign(process.env, {
    REELIGHT_HOME: join(root, `home-${workers}`),
    REELIGHT_VENV: usual.venv,
    WORKERS: String(workers),
    ENCODER_THREADS: '1',
    PORT: String(edge),
    REELIGHT_EMULATOR_PORT: String(emulator),
    REELIGHT_BROKER_PORT: String(broker),
    REELIGHT_ISSUER_PORT: String(issuer),
  });
  const pipeline = await startPipeline({ note: (line) => console.error(line) });
  try {
    const pids = Object.entries(pipeline.pids()).flatMap(([name, pid]) => (name.startsWith('worker-') ? [pid] : []));
    await pin(pids);
    await use(talkTo(pipeline.addresses.base), pids);
  } finally {
    await pipeline.stop();
  }
}

/** Each worker to a processor of its own, with all that it will start: decoding and filtering have threads, too. */
async function pin(workers: number[]): Promise<void> {
  for (const [at, pid] of workers.entries()) {
    await exec('taskset', ['--all-tasks', '--pid', '--cpu-list', String(at % cpus().length), String(pid)]);
  }
}

/** As any client does it: in parts where it is large. */
async function send({ base }: ReturnType<typeof talkTo>, path: string): Promise<string> {
  return createClient({ baseUrl: base, clientId: 'bench-scale' }).upload(await fileAt(path));
}

async function measured(reelight: ReturnType<typeof talkTo>, workers: number[], path: string): Promise<Run> {
  const others = () => cpuOfMachine() - workers.reduce((sum, pid) => sum + cpuOfProcess(pid), 0);
  const before = others();
  const began = Date.now();
  const id = await send(reelight, path);
  const done = await reelight.until(id, ({ status }) => ['completed', 'failed'].includes(status), 1_800_000);
  const ended = Date.now();
  const cores = cpus().length - (others() - before) / ((ended - began) / 1000);
  if (done.status !== 'completed') throw new Error(JSON.stringify(done.processes));
  const { receipts } = await reelight.json<VideoView & { receipts: { video_enhancement: Receipt } }>(`/videos/${id}`);
  const { cpu_seconds: cpu, bytes_read: read, steps } = receipts.video_enhancement;
  const wall = (ended - began) / 1000;
  if (steps.enhance !== undefined) throw new Error('It was not cut.');
  const assembly = JOINING.reduce((sum, step) => sum + (steps[step] ?? 0), 0);
  return { workers: workers.length, wall, cpu, cores, bytes: done.outputs.enhanced?.size ?? 0, read, assembly, steps };
}

interface Receipt {
  cpu_seconds: number;
  bytes_read: number;
  steps: Record<string, number>;
}

/** From the end of its upload. */
async function timed(reelight: ReturnType<typeof talkTo>, path: string) {
  const id = await send(reelight, path);
  const began = Date.now();
  await reelight.until(id, ({ processes }) => processes.video_enhancement.status === 'completed', 900_000);
  const ended = Date.now();
  return { began, ended, wall: (ended - began) / 1000 };
}

function print(runs: Run[], short: { alone: number; behind: number }, size: number): void {
  console.log(`\none clip of ${seconds} s, 1280×720, ${(size / 1e6).toFixed(1)} MB; a worker has one processor`);
  console.log('workers   wall s    CPU s   cores   read/source   last piece to playable s   output MB');
  for (const { workers, wall, cpu, cores, bytes, read, assembly } of runs) {
    const share = (read / size).toFixed(2);
    console.log(
      `${workers}         ${wall.toFixed(1).padStart(6)}   ${cpu.toFixed(1).padStart(6)}    ${cores.toFixed(2)}   ${share.padStart(11)}   ` +
        `${assembly.toFixed(1).padStart(24)}   ${(bytes / 1e6).toFixed(2).padStart(9)}`,
    );
  }
  const [one, two] = runs;
  if (one && two) console.log(`efficiency of two workers: ${((one.wall / two.wall / 2) * 100).toFixed(0)} %`);
  console.log(
    `a short clip alone ${short.alone.toFixed(1)} s, behind a long one ${short.behind.toFixed(1)} s: × ${(short.behind / short.alone).toFixed(2)}`,
  );
}
