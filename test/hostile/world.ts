import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { objectStoreOver } from '../../adapters/memory/object-store.ts';
import { openCvVision } from '../../adapters/opencv/vision.ts';
import { scratchIn } from '../../containers/enhancer/scratch.ts';
import { sourceKey } from '../../core/keys.ts';
import { jsonLog } from '../../core/log.ts';
import type { TaskMessage } from '../../core/messages.ts';
import { PROCESS_TYPES, type ProcessType } from '../../core/process.ts';
import type { SourceLimits } from '../../core/source-limits.ts';
import { receiveSource, type Video } from '../../core/video.ts';
import { extractMetadata } from '../../pipeline/extract-metadata.ts';
import { workOn } from '../../pipeline/work-on.ts';
import { aVideo } from '../a-video.ts';
import { twins } from '../twins.ts';

/** What became of an upload: both of its processes have ended. */
export interface Verdict {
  video: Video;
  /** `completed`, or the code of the refusal. */
  enhancement: string;
  metadata: string;
  /** Everything that people could fetch of it, by key. */
  files: Map<string, Buffer>;
  /** All that was logged. */
  log: string;
}

/** The pipeline's own steps with FFmpeg and OpenCV, around stores in memory; no part of it is told that it is a test. */
export interface World {
  /** Takes an upload through everything that happens to one, to its end. */
  upload(bytes: Buffer, filename?: string): Promise<Verdict>;
  /** What was left behind: files in the scratch folder, processes. Nothing, if all is well. */
  leftovers(): Promise<string[]>;
  close(): Promise<void>;
}

export async function hostileWorld({ limits }: { limits?: SourceLimits } = {}): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'hostile-'));
  const scratchRoot = join(root, 'scratch');
  await mkdir(scratchRoot);
  const scratch = await scratchIn(scratchRoot);
  const vision = openCvVision();

  return {
    async upload(bytes, filename = 'holiday.mp4') {
      const { ports: inMemory, recorded, clock } = twins();
      const objects: Parameters<typeof objectStoreOver>[0] = new Map();
      const lines: string[] = [];
      const log = jsonLog((line) => lines.push(line));
      const media = ffmpegTools({ ...findFfmpeg(), log, limits });
      const ports = { ...inMemory, files: objectStoreOver(objects), media, vision, scratch, log };
      const { signal } = new AbortController();
      const message = await arrived(ports, bytes, filename);
      await extractMetadata(ports, message, 'a function', signal);
      await workOn(ports, message, 'a worker', signal);
      for (;;) {
        const next = recorded.published.shift() ?? recorded.later.shift()?.message;
        if (!next) break;
        clock.pass(60_000);
        const extracts = next.type === 'video.extract-metadata' || next.type === 'video.uploaded';
        if (extracts) await extractMetadata(ports, next, 'a function', signal);
        if (next.type !== 'video.extract-metadata') await workOn(ports, next, 'a worker', signal);
      }
      const video = await ports.videos.get(message.file_id);
      if (!video) throw new Error('the record is gone');
      const files = new Map([...objects].map(([key, { body }]) => [key, body]));
      const [enhancement = '', metadata = ''] = PROCESS_TYPES.map((type) => endOf(video, type));
      return { video, enhancement, metadata, files, log: lines.join('\n') };
    },

    async leftovers() {
      return [...(await readdir(scratchRoot)), ...children()];
    },

    async close() {
      await vision.close();
      await rm(root, { recursive: true });
    },
  };
}

async function arrived(
  { videos, uploads, now }: Pick<ReturnType<typeof twins>['ports'], 'videos' | 'uploads' | 'now'>,
  bytes: Buffer,
  filename: string,
): Promise<TaskMessage> {
  const key = sourceKey(randomUUID());
  const video = aVideo({ file_id: key.slice('uploads/'.length), filename, size: bytes.length, profile: 'adaptive' });
  await videos.create(video);
  const { size, etag, checksum } = await uploads.write(key, bytes, { contentType: 'video/mp4' });
  await videos.change(video.file_id, (current) => receiveSource(current, { key, size, etag, checksum }, now()));
  return { v: 1, type: 'video.uploaded', file_id: video.file_id, attempt: 1, trace: video.trace };
}

function endOf({ processes }: Video, type: ProcessType): string {
  const { status, error_code } = processes[type];
  return status === 'failed' ? (error_code ?? 'failed without a code') : status;
}

/** What runs as a child of ours, by its command line. */
function children(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        if (Number(parent) !== process.pid) return [];
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It has ended meanwhile.
        return [];
      }
    })
    .filter((command) => /ffmpeg|ffprobe|setpriv|prlimit/.test(command));
}
