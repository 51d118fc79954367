import { BadInput, TransientError } from '../../core/errors.ts';
import { boundsOf } from './bounds.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { OutputTooLarge, runForOutput } from './run.ts';

/** "ffmpeg version 7.1 Copyright …", and the libraries and options it was built with. */
const LIMIT = 64 * 1024;
/** It takes a tenth of a second; from a cold disk, under load, some. */
const WALL_SECONDS = 30;

/**
 * Has both programs say who they are: a library that is missing, or a program of another kind, shows only when it is
 * started.
 *
 * @throws TransientError `ffmpeg_broken`, whose cause has the path and what was said: another machine may have one that
 *   works
 */
export async function checkFfmpeg({ ffmpeg, ffprobe }: FfmpegPrograms): Promise<void> {
  await Promise.all([checkProgram('ffmpeg', ffmpeg), checkProgram('ffprobe', ffprobe)]);
}

/**
 * Work on a file. Before the file is blamed, FFmpeg is asked whether it runs at all: a broken one refuses every file.
 *
 * @throws what the work throws, or as `checkFfmpeg` in place of BadInput
 */
export async function fairly<T>(programs: FfmpegPrograms, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BadInput) await checkFfmpeg(programs);
    throw error;
  }
}

async function checkProgram(name: 'ffmpeg' | 'ffprobe', program: string): Promise<void> {
  const { signal } = new AbortController();
  const bounds = { ...boundsOf('look'), wallSeconds: WALL_SECONDS };
  const what = { program, args: ['-version'], bounds, signal, limit: LIMIT };
  const said = await runForOutput(what).catch((error: unknown) => {
    // Whoever talks that much is not FFmpeg.
    if (error instanceof OutputTooLarge) return { stdout: Buffer.alloc(0), stderr: '', code: 0, signal: null };
    throw error;
  });
  if (said.code === 0 && said.stdout.toString().startsWith(`${name} version `)) return;
  const words = said.stderr.trim().split('\n').at(-1);
  const how = said.code === 0 ? `it is no ${name}` : `it ended with ${said.signal ?? `code ${said.code}`}`;
  throw new TransientError(
    'ffmpeg_broken',
    `${name} does not run as it should: install FFmpeg anew, or set ${name.toUpperCase()}_PATH to one that works.`,
    { cause: new Error(`${program}: ${how}${words ? ` (${words})` : ''}`) },
  );
}
