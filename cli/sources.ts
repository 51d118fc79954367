import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { UsageError } from './usage.ts';

/** A video to enhance, known to be a file that can be read. */
export interface Source {
  /** As it was given. */
  label: string;
  path: string;
  /** With symbolic links followed: what tells one file from another. */
  real: string;
  size: number;
  mtimeMs: number;
  contentType: string;
}

/** Video containers by extension: what the type says is only a hint, but players and people see it. */
const TYPES: Record<string, string> = {
  '.3gp': 'video/3gpp',
  '.avi': 'video/x-msvideo',
  '.flv': 'video/x-flv',
  '.m2ts': 'video/mp2t',
  '.m4v': 'video/x-m4v',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
  '.mp4': 'video/mp4',
  '.mpeg': 'video/mpeg',
  '.mpg': 'video/mpeg',
  '.mts': 'video/mp2t',
  '.mxf': 'video/mxf',
  '.ogv': 'video/ogg',
  '.ts': 'video/mp2t',
  '.webm': 'video/webm',
  '.wmv': 'video/x-ms-wmv',
};

/**
 * The type to declare. A server refuses what does not call itself a video, and decides by the bytes in the end: a video
 * with an unusual name must get that far, and what is no video is told so by name.
 */
export function contentTypeOf(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? 'video/mp4';
}

/**
 * Looks at every file before anything begins. The same file given twice counts once.
 *
 * @throws UsageError with a line for each file that will not do
 */
export async function checkSources(files: string[], cwd: string): Promise<Source[]> {
  const checked = await Promise.all(files.map((file) => checkSource(file, cwd)));
  const problems = checked.filter((result) => typeof result === 'string');
  if (problems.length > 0) throw new UsageError(problems);
  const sources = checked.filter((result) => typeof result !== 'string');
  return sources.filter((source, at) => sources.findIndex(({ real }) => real === source.real) === at);
}

/** Answers what is wrong with it, if something is. */
async function checkSource(label: string, cwd: string): Promise<Source | string> {
  const path = resolve(cwd, label);
  try {
    const found = await stat(path);
    const { size, mtimeMs } = found;
    if (found.isDirectory()) return `${label}: is a folder; name the videos in it`;
    if (!found.isFile()) return `${label}: is not a regular file`;
    if (size === 0) return `${label}: is empty`;
    await access(path, constants.R_OK);
    return { label, path, real: await realpath(path), size, mtimeMs, contentType: contentTypeOf(path) };
  } catch (error) {
    return `${label}: ${reasonFor(error)}`;
  }
}

/** The name the server is told: it takes no control characters. */
export function nameToTell(source: Source): string {
  return basename(source.path).replace(/\p{Cc}/gu, '_');
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
};

function reasonFor(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  // Not the file system's: a mistake of ours.
  if (!code) throw error;
  return REASONS[code] ?? `cannot be read (${code})`;
}
