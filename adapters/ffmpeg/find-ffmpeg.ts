import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { TransientError } from '../../core/errors.ts';

export interface FfmpegPrograms {
  ffmpeg: string;
  ffprobe: string;
}

/**
 * FFmpeg: `FFMPEG_PATH`, then the PATH, then the optional package `ffmpeg-static`. ffprobe: `FFPROBE_PATH`, then beside
 * FFmpeg, then the PATH. A path that is set is meant: when there is no program, nothing else is tried.
 *
 * @throws TransientError `ffmpeg_missing` or `ffprobe_missing`: another worker may have it
 */
export function findFfmpeg(env: NodeJS.ProcessEnv = process.env): FfmpegPrograms {
  const ffmpeg = env.FFMPEG_PATH ? program(env.FFMPEG_PATH) : (onPath('ffmpeg', env) ?? packaged());
  if (!ffmpeg) throw missing('ffmpeg', env.FFMPEG_PATH);
  const ffprobe = env.FFPROBE_PATH
    ? program(env.FFPROBE_PATH)
    : (program(join(dirname(ffmpeg), 'ffprobe')) ?? onPath('ffprobe', env));
  if (!ffprobe) throw missing('ffprobe', env.FFPROBE_PATH);
  return { ffmpeg, ffprobe };
}

/** The first program of this name on the PATH, absolute. */
export function onPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => program(path) !== undefined);
}

function program(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Not an `import`: the package says where its own folder is, which a bundle of it could not. */
function packaged(): string | undefined {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' ? program(path) : undefined;
  } catch {
    return undefined;
  }
}

function missing(name: 'ffmpeg' | 'ffprobe', setting: string | undefined): TransientError {
  const variable = `${name.toUpperCase()}_PATH`;
  const why = setting
    ? `${variable} is set, but there is no program at that path. Set it to where ${name} is, or leave it out.`
    : `${name} was not found. Install FFmpeg, or set ${variable} to where it is.`;
  return new TransientError(`${name}_missing`, why);
}
