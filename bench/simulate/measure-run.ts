import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENCODERS } from '../../adapters/ffmpeg/encoders.ts';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import {
  memoryTaskQueue,
  memoryUploadStore,
  memoryVideoStore,
  memoryWorkerBoard,
} from '../../adapters/memory/index.ts';
import { openCvVision } from '../../adapters/opencv/vision.ts';
import { scratchIn } from '../../containers/enhancer/scratch.ts';
import { sourceKey } from '../../core/keys.ts';
import { silentLog as log } from '../../core/log.ts';
import { readTaskMessage, type TaskMessage } from '../../core/messages.ts';
import { chunkIndex } from '../../core/pieces.ts';
import { isTerminal } from '../../core/process.ts';
import { NOTHING_SPENT } from '../../core/spent.ts';
import type { Video } from '../../core/video.ts';
import { acceptUpload } from '../../pipeline/accept-upload.ts';
import { dispatch } from '../../pipeline/dispatch.ts';
import { workOn } from '../../pipeline/work-on.ts';
import { fileSource } from '../../test/file-source.ts';
import { cpuOfOurs } from '../cpu-time.ts';
import type { Timing } from './calibrate.ts';
import type { TaskKind } from './measured.ts';

const POLL_MS = 20;
const REPORT_MS = 5_000;
/** Of a row: what it is found by, when it expires, and who wrote it. */
export const KEYS_BYTES = 200;
/** The plan's encoder has one thread by its own setting; this is for work on whole files. */
const ONE_THREAD = ENCODERS.map((encoder) => ({
  ...encoder,
  options: (pixels: number) => [...encoder.options(pixels), '-threads', '1'],
}));

/** A video that is uploaded so many seconds after the beginning. */
export interface Upload {
  path: string;
  at: number;
  seconds: number;
  /** 0 for whole. */
  chunkSeconds: number;
}

export interface Ran {
  /** In the order that they ended. Their CPU time means something with one worker only. */
  tasks: Timing[];
  /** Seconds from the end of a worker's task to its next, while one waited. */
  hops: number[];
  /** Bytes of the largest row of a piece. */
  pieceBytes: number;
  /** By upload, and when they could be played, in seconds from their upload. */
  videos: { video: Video; playableAfter: number }[];
}

/**
 * The pipeline's own steps, FFmpeg and OpenCV, with twins in memory for the table, the buckets and the broker, and one
 * thread for each encoder, until every video can be played.
 */
export async function runPipeline(folder: string, workers: number, uploads: readonly Upload[]): Promise<Ran> {
  await mkdir(folder, { recursive: true });
  const now = () => new Date();
  const vision = openCvVision();
  const ports = {
    ...{ videos: memoryVideoStore(now), uploads: memoryUploadStore(), files: memoryUploadStore() },
    ...{ tasks: memoryTaskQueue(), workers: memoryWorkerBoard(now), now, log, vision },
    meter: { taken: () => NOTHING_SPENT },
    media: ffmpegTools({ ...findFfmpeg(), log, threads: 1, encoders: ONE_THREAD }),
    scratch: await scratchIn(join(folder, 'scratch')),
  };
  const ran: Ran = { tasks: [], hops: [], pieceBytes: 0, videos: [] };
  const lengths = new Map<string, number>();
  const over = new AbortController();

  const work = async (name: string) => {
    let ended: number | undefined;
    await ports.tasks.consume(
      ['enhance', 'pieces'],
      async ({ body }) => {
        const message = readTaskMessage(body);
        if (!message) throw new Error('A message could not be read.');
        const began = { at: performance.now(), cpu: cpuOfOurs() };
        if (ended !== undefined) ran.hops.push((began.at - ended) / 1000);
        for (const row of await ports.videos.pieces(message.file_id)) {
          ran.pieceBytes = Math.max(ran.pieceBytes, JSON.stringify(row).length + KEYS_BYTES);
        }
        const planned = (await ports.videos.get(message.file_id))?.work;
        await workOn(ports, message, name, over.signal);
        const work = planned ?? (await ports.videos.get(message.file_id))?.work;
        const seconds = lengths.get(message.file_id) ?? 0;
        const kind = kindOf(message, work != null);
        ran.tasks.push({
          kind,
          // On average: what they cost in sum is all that is asked.
          seconds: kind === 'chunk' ? seconds / (work?.chunks ?? 1) : seconds,
          wall: (performance.now() - began.at) / 1000,
          cpu: cpuOfOurs() - began.cpu,
        });
        const waiting = ports.tasks.depth('enhance') + ports.tasks.depth('pieces') > 0;
        ended = waiting ? performance.now() : undefined;
      },
      over.signal,
    );
  };

  const upload = async ({ path, at, seconds, chunkSeconds }: Upload) => {
    const body = await readFile(path);
    await sleep(at * 1000);
    const facts = { filename: 'clip.mp4', size: body.length, content_type: 'video/mp4', client_id: 'bench' };
    const { video } = await acceptUpload(ports, { ...facts, profile: 'adaptive' });
    const key = sourceKey(video.file_id);
    lengths.set(video.file_id, seconds);
    await ports.videos.change(video.file_id, (current) => ({ ...current, chunk_seconds: chunkSeconds }));
    await ports.uploads.write(key, body, { contentType: 'video/mp4' });
    const published = performance.now();
    await dispatch(ports, key);
    for (;;) {
      const current = (await ports.videos.get(video.file_id)) ?? video;
      const { status, error } = current.processes.video_enhancement;
      if (status === 'completed') return { video: current, playableAfter: (performance.now() - published) / 1000 };
      if (isTerminal(current.processes.video_enhancement)) throw new Error(`A video was not enhanced: ${error}`);
      await sleep(POLL_MS);
    }
  };

  const names = Array.from({ length: workers }, (_, i) => `worker-${i + 1}`);
  const report = () => Promise.all(names.map((name) => ports.workers.report(name, { broker: 'up' })));
  await report();
  const reporting = setInterval(report, REPORT_MS);
  const working = names.map(work);
  try {
    ran.videos = await Promise.all(uploads.map(upload));
    return ran;
  } finally {
    clearInterval(reporting);
    over.abort();
    await Promise.all(working);
    await vision.close();
  }
}

/** The source encoded anew for browsers, as a worker with one processor does it. */
export async function timeProxy({ path, seconds }: Pick<Upload, 'path' | 'seconds'>, scratch: string): Promise<Timing> {
  await mkdir(scratch);
  const media = ffmpegTools({ ...findFfmpeg(), log, threads: 1 });
  const { signal } = new AbortController();
  const source = await fileSource(path);
  const { facts } = await media.probe(source, signal);
  const plan = { graph: '', color: facts.video.color, findings: [] };
  const began = { at: performance.now(), cpu: cpuOfOurs() };
  await media.makePlayable({ source, facts, plan, scratch, onProgress: () => {}, signal, way: { way: 'proxy' } });
  return { kind: 'proxy', seconds, wall: (performance.now() - began.at) / 1000, cpu: cpuOfOurs() - began.cpu };
}

function kindOf(message: TaskMessage, inPieces: boolean): TaskKind {
  if (message.type === 'video.assemble') return 'assemble';
  if (message.type !== 'video.piece') return inPieces ? 'plan' : 'whole';
  if (chunkIndex(message.piece) !== undefined) return 'chunk';
  return message.piece === 'sound' ? 'sound' : 'source';
}
