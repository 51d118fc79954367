import { BadInput, TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Frame } from '../../core/media.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { unpackBitmap } from './bitmap.ts';
import { FIRST_VIDEO } from './facts.ts';
import { type Input, withInput } from './input.ts';
import { runForOutput } from './run.ts';

/** The largest picture that `input.ts` lets through, and its header. */
const LARGEST_BITMAP = 8192 * 8192 * 4;

/**
 * OpenCV's decoder converts with these settings, so the samples are the same. Flipping costs nothing, and spares a copy
 * of pictures that may have hundreds of megabytes.
 */
const TO_BGR = 'scale=flags=bicubic,format=bgr24,vflip';

/** See `MediaTools.firstFrame`. */
export function firstFrame(ffmpeg: string, source: RangeSource, signal: AbortSignal, log: Log): Promise<Frame> {
  return withInput(source, signal, async (input) => {
    const output = ['-map', FIRST_VIDEO, '-frames:v', '1', '-vf', TO_BGR, '-c:v', 'bmp', '-f', 'rawvideo', 'pipe:1'];
    // Several threads would each want a frame, and have it read, before the first comes out.
    const args = ['-nostdin', '-v', 'error', '-threads', '1', ...input.args, ...output];
    const ended = await runForOutput({ program: ffmpeg, args, signal, limit: LARGEST_BITMAP });
    input.blameStorage();
    const frame = unpackBitmap(ended.stdout, { upsideDown: true });
    if (frame) return frame;
    log.info('no frame', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
    if (ended.signal) throw new TransientError('decode_failed', 'The decoder was ended before it was done.');
    throw undecodable();
  });
}

/** Whether any picture can be decoded: tells a broken source from a broken encoder. */
export async function decodes(ffmpeg: string, input: Input, index: number, signal: AbortSignal): Promise<boolean> {
  const output = [
    '-map',
    `0:${index}`,
    '-frames:v',
    '1',
    '-s',
    '16x16',
    '-pix_fmt',
    'gray',
    '-f',
    'rawvideo',
    'pipe:1',
  ];
  const args = ['-nostdin', '-v', 'error', ...input.args, ...output];
  const { stdout } = await runForOutput({ program: ffmpeg, args, signal, limit: LARGEST_BITMAP });
  input.blameStorage();
  return stdout.length > 0;
}

export function undecodable(): BadInput {
  return new BadInput('undecodable', 'No picture of this video could be decoded: the file is damaged.');
}
