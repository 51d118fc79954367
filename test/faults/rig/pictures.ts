import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { findFfmpeg } from '../../../adapters/ffmpeg/find-ffmpeg.ts';

/**
 * What a video decodes to: the hash of FFmpeg's list of every picture and every piece of sound, with their times.
 *
 * @param url of the served file
 */
export async function picturesAt(url: string): Promise<string> {
  const args = ['-v', 'error', '-i', url, '-map', '0:v', '-map', '0:a?', '-f', 'framemd5', '-'];
  const child = spawn(findFfmpeg().ffmpeg, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const hash = createHash('sha256');
  let frames = 0;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    // Without the comments: they name FFmpeg's version.
    for (const line of lines.filter((line) => !line.startsWith('#'))) {
      frames += 1;
      hash.update(line);
    }
  });
  const [code] = await once(child, 'close');
  if (code !== 0 || said || frames === 0) throw new Error(`${url} does not decode: ${said.slice(0, 300)}`);
  return `${frames} frames, ${hash.digest('hex').slice(0, 16)}`;
}
