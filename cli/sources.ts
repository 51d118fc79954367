import { access, constants, glob, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { videoTypeOf } from '../core/video-type.ts';
import { readable } from '../local/home.ts';
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

/**
 * The type to declare. A server refuses what does not call itself a video, and decides by the bytes in the end: a video
 * with an unusual name must get that far, and what is no video is told so by name.
 */
export function contentTypeOf(path: string): string {
  return videoTypeOf({ name: basename(path) }) ?? 'video/mp4';
}

/**
 * Names with `*`, `?`, `[…]` or `{…}` in them, which are no files, are patterns: not every shell expands them, and none
 * does in quotes. What they match are files, in the order of their names.
 *
 * @throws UsageError with a line for each pattern that matches nothing
 */
export async function expandPatterns(files: string[], cwd: string): Promise<string[]> {
  const expanded = await Promise.all(files.map((file) => expandPattern(file, cwd)));
  const problems = files.filter((_, at) => expanded[at]?.length === 0).map((file) => `${file}: matches no file`);
  if (problems.length > 0) throw new UsageError(problems);
  return expanded.flat();
}

async function expandPattern(file: string, cwd: string): Promise<string[]> {
  const isFile = (await stat(resolve(cwd, file)).catch(() => undefined)) !== undefined;
  if (isFile || !/[*?[{]/.test(file)) return [file];
  const matches: string[] = [];
  for await (const found of glob(file, { cwd, withFileTypes: true })) {
    if (found.isFile() || found.isSymbolicLink()) matches.push(join(found.parentPath, found.name));
  }
  return matches.map((path) => readable(path, cwd)).sort();
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
