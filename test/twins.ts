import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudFrontFileAccess } from '../adapters/cloudfront/file-access.ts';
import {
  memoryAudience,
  memoryConnectionStore,
  memoryTicketStore,
  memoryUploadStore,
  memoryVideoStore,
} from '../adapters/memory/index.ts';
import { memoryWorkerBoard } from '../adapters/memory/worker-board.ts';
import { silentLog } from '../core/log.ts';
import type { QueueName, RetryDelay, TaskMessage } from '../core/messages.ts';
import type { MediaTools, Ports, TaskQueue, Vision } from '../core/ports/index.ts';
import { NOTHING_SPENT, type Spent } from '../core/spent.ts';
import { aSigningKey } from './a-signing-key.ts';
import { plainFacts } from './plain-facts.ts';
import { plainMeasures } from './plain-measures.ts';

/** A clock that tests move. */
export function aClock(start = '2026-01-01T00:00:00Z') {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    pass: (ms: number) => {
      time += ms;
    },
  };
}

/** A task queue that remembers what it was given, and can be broken. */
export function recordedTasks() {
  const published: TaskMessage[] = [];
  const later: { queue: QueueName; message: TaskMessage; delay: RetryDelay }[] = [];
  const parked: { queue: QueueName; body: string; reason: string }[] = [];
  let broken: Error | undefined;
  const guard = () => {
    if (broken) throw broken;
  };
  const tasks: TaskQueue = {
    publish: async (message) => {
      guard();
      published.push(message);
    },
    publishLater: async (queue, message, delay) => {
      guard();
      later.push({ queue, message, delay });
    },
    park: async (queue, body, reason) => {
      guard();
      parked.push({ queue, body: Buffer.from(body).toString(), reason });
    },
  };
  return {
    tasks,
    published,
    later,
    parked,
    breakWith: (error: Error | undefined) => {
      broken = error;
    },
  };
}

/** Media tools that work on no media: the "enhanced" file is the source's bytes in capitals. */
export function paperMedia(): MediaTools {
  return {
    probe: async () => ({
      facts: plainFacts({ width: 2, height: 1 }),
      report: { format: { format_name: 'mov,mp4' }, streams: [{ index: 0, avg_frame_rate: '25/1' }], chapters: [] },
    }),
    firstFrame: async () => ({ width: 2, height: 1, bgr: Uint8Array.from([1, 2, 3, 4, 5, 6]) }),
    enhance: async ({ source, scratch, onProgress, signal }) => {
      const chunks = [];
      for await (const chunk of await source.read(0, source.size - 1, signal)) chunks.push(chunk);
      const path = join(scratch, 'enhanced.mp4');
      const body = Buffer.concat(chunks).toString().toUpperCase();
      await writeFile(path, body);
      onProgress(100);
      return {
        path,
        size: body.length,
        contentType: 'video/mp4',
        encoder: 'paper',
        durationSeconds: 1,
        cpuSeconds: 0.5,
      };
    },
    sample: async function* () {
      yield { time: 0, width: 2, height: 1, bgr: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
    },
    cut: async () => null,
    enhanceChunk: () => Promise.reject(new Error('nothing is cut here')),
    encodeSound: () => Promise.reject(new Error('nothing is cut here')),
    assemble: () => Promise.reject(new Error('nothing is cut here')),
    cuts: async () => [],
    interlacing: async () => ({ order: 'progressive', confidence: 1 }),
    makePlayable: async ({ scratch, way }) => {
      const path = join(scratch, 'playable.mp4');
      await writeFile(path, 'light');
      return { path, size: 5, way: way.way, cpuSeconds: 0.2 };
    },
    makePoster: async ({ scratch }) => {
      const [jpeg, webp] = [join(scratch, 'poster.jpg'), join(scratch, 'poster.webp')];
      await Promise.all([writeFile(jpeg, 'jpeg'), writeFile(webp, 'webp')]);
      const files = { jpeg: { path: jpeg, size: 4 }, webp: { path: webp, size: 4 } };
      return { width: 2, height: 1, ...files, cpuSeconds: 0.1 };
    },
  };
}

/** Eyes to which every picture looks the same: good. */
export function paperVision(): Vision {
  return { measure: async ({ time }) => plainMeasures({ time }), close: async () => {} };
}

/** The whole outside world in memory, for unit tests of steps. */
export function twins() {
  const clock = aClock();
  const recorded = recordedTasks();
  const audience = memoryAudience();
  const announced: string[] = [];
  const taken: Spent = { ...NOTHING_SPENT, runs: 1 };
  const ports = {
    videos: memoryVideoStore(clock.now),
    connections: memoryConnectionStore(),
    tickets: memoryTicketStore(clock.now),
    uploads: memoryUploadStore(),
    files: memoryUploadStore(),
    access: cloudFrontFileAccess(async () => aSigningKey()),
    arrivals: {
      announce: async (key) => {
        announced.push(key);
      },
    },
    tasks: recorded.tasks,
    audience,
    media: paperMedia(),
    vision: paperVision(),
    workers: memoryWorkerBoard(clock.now),
    meter: { taken: () => ({ ...taken }) },
    scratch: async <T>(use: (folder: string) => Promise<T>) => {
      const folder = await mkdtemp(join(tmpdir(), 'reelight-test-'));
      try {
        return await use(folder);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    now: clock.now,
    log: silentLog,
  } satisfies Ports;
  /** `taken`: what every task has taken by whenever it is asked, for tests to change. */
  return { ports, clock, recorded, announced, taken };
}
