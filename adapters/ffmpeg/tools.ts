import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BadInput } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { MediaTools, RangeSource } from '../../core/ports/index.ts';

// A thin slice, to see the whole run end to end.
async function served<T>(source: RangeSource, signal: AbortSignal, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(async (request, response) => {
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? 'bytes=0-') ?? [];
    const start = Number(from);
    const end = Math.min(to ? Number(to) : source.size - 1, source.size - 1);
    response.writeHead(206, {
      'content-range': `bytes ${start}-${end}/${source.size}`,
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
    });
    await pipeline(await source.read(start, end, signal), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/source`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function run(command: string, args: string[], signal: AbortSignal, onLine: (line: string) => void = () => {}) {
  return new Promise<Buffer>((resolve, reject) => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { signal, killSignal: 'SIGKILL' });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => {
      chunks.push(chunk);
      for (const line of String(chunk).split('\n')) onLine(line);
    });
    child.stderr.resume();
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(chunks)) : reject(new BadInput('unreadable', 'This file could not be read as a video.'))));
  });
}

export function ffmpegTools({ ffmpeg, ffprobe }: { ffmpeg: string; ffprobe: string; log: Log }): MediaTools {
  return {
    probe: (source, signal) =>
      served(source, signal, async (url) => {
        const json = JSON.parse(String(await run(ffprobe, ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-show_chapters', url], signal)));
        delete json.format.filename;
        const video = json.streams.find((s: { codec_type: string }) => s.codec_type === 'video');
        if (!video) throw new BadInput('not_a_video', 'This file holds no video.');
        return {
          facts: {
            video: { index: video.index, codec: video.codec_name, width: video.width, height: video.height, color: { matrix: null, primaries: null, transfer: null, range: null } },
            audio: null,
            duration: Number(json.format.duration),
          },
          report: json,
        };
      }),
    firstFrame: (source, signal) =>
      served(source, signal, async (url) => {
        const raw = await run(ffmpeg, ['-v', 'error', '-nostdin', '-i', url, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'bgr24', 'pipe:1'], signal);
        return { width: raw.length / 3, height: 1, bgr: raw };
      }),
    enhance: ({ source, facts, plan, scratch, onProgress, signal }) =>
      served(source, signal, async (url) => {
        const path = join(scratch, 'out.mp4');
        await run(ffmpeg, ['-v', 'error', '-nostdin', '-i', url, '-vf', plan.graph, '-c:v', 'libx264', '-c:a', 'aac', '-movflags', '+faststart', '-progress', 'pipe:1', path], signal, (line) => {
          const us = /^out_time_us=(\d+)/.exec(line)?.[1];
          if (us) onProgress(Math.min(100, Number(us) / 1e4 / facts.duration));
        });
        return { path, size: (await stat(path)).size, contentType: 'video/mp4', encoder: 'libx264', durationSeconds: facts.duration, cpuSeconds: 0 };
      }),
  };
}
