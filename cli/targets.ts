import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { makeFolder } from '../local/setup/folder.mjs';
import type { Source } from './sources.ts';
import { UsageError } from './usage.ts';

/** Where the results of one source go: `<folder>/<stem>.enhanced.mp4` and `<folder>/<stem>.metadata.json`. */
export interface Target {
  folder: string;
  stem: string;
}

export const videoName = (stem: string, contentType: string): string =>
  `${stem}.enhanced.${contentType === 'video/x-msvideo' ? 'avi' : 'mp4'}`;
export const metadataName = (stem: string): string => `${stem}.metadata.json`;
/** What a result is called until all of it is there. */
export const partName = (name: string): string => `.${name}.${process.pid}.part`;

/**
 * Gives every source names of its own. A name is taken when another source of this command has it, or when a source
 * *is* that file: `a.mp4` and `a.enhanced.mp4`, given together, must not end in one overwriting the other.
 */
export function chooseTargets(sources: Source[], folder: string | undefined): Target[] {
  const taken = new Set(sources.flatMap(({ path, real }) => [sameName(path), sameName(real)]));
  return sources.map(({ path }) => {
    const into = folder ?? dirname(path);
    const name = basename(path, extname(path));
    for (let number = 1; ; number++) {
      const stem = number === 1 ? name : `${name}-${number}`;
      const names = [videoName(stem, 'video/mp4'), videoName(stem, 'video/x-msvideo'), metadataName(stem)];
      const paths = names.map((each) => sameName(join(into, each)));
      if (paths.some((each) => taken.has(each))) continue;
      for (const each of paths) taken.add(each);
      return { folder: into, stem };
    }
  });
}

/**
 * Makes sure that results can be written, before any work is done. It is tried, by the names that will be used: rights
 * alone do not tell of what is read-only, of names that are too long, or of file systems that take no files.
 *
 * @param out - as it was given
 * @throws UsageError
 */
export async function prepareTargets(targets: Target[], out: string | undefined, cwd: string): Promise<void> {
  if (out !== undefined) makeOut(out, cwd);
  const problems: string[] = [];
  for (const target of targets) problems.push(...(await obstaclesTo(target)));
  // What holds for a folder is said once, however many results it was to take.
  if (problems.length > 0) throw new UsageError([...new Set(problems)]);
}

async function obstaclesTo({ folder, stem }: Target): Promise<string[]> {
  const problems: string[] = [];
  const names = [videoName(stem, 'video/mp4'), videoName(stem, 'video/x-msvideo'), metadataName(stem)];
  for (const name of names) {
    const path = join(folder, name);
    const inTheWay = await stat(path).catch(() => undefined);
    if (inTheWay?.isDirectory()) problems.push(`${path}: is a folder, where a result is to be written; move it away`);
  }
  for (const name of [videoName(stem, ''), metadataName(stem)]) {
    const part = join(folder, partName(name));
    try {
      await writeFile(part, '');
      await rm(part, { force: true });
    } catch (error) {
      const isName = codeOf(error) === 'ENAMETOOLONG';
      if (isName) return [...problems, `${join(folder, name)}: is too long a name for a result; shorten the video's`];
      return [`${folder}: results cannot be written there (${whyNot(error)}); choose another folder with --out`];
    }
  }
  return problems;
}

function makeOut(out: string, cwd: string): void {
  try {
    makeFolder(resolve(cwd, out));
  } catch (error) {
    const isFile = ['EEXIST', 'ENOTDIR'].includes(codeOf(error));
    const reason = isFile ? 'is not a folder' : `cannot be made (${whyNot(error)})`;
    throw new UsageError([`--out ${out}: ${reason}`], { cause: error });
  }
}

const REASONS: Record<string, string> = {
  EACCES: 'that is not allowed',
  EPERM: 'that is not allowed',
  EROFS: 'it is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'it is too large for a file there',
  ENOENT: 'there can be nothing of that name',
  EEXIST: 'a file of that name is in the way',
  ENOTDIR: 'a file is in the way',
  EISDIR: 'a folder of that name is in the way',
  ENAMETOOLONG: 'the name is too long',
};

/** Why the file system took something that was to be written not. */
export function whyNot(error: unknown): string {
  const code = codeOf(error);
  // Not the file system's: a mistake of ours.
  if (!code) throw error;
  return REASONS[code] ?? code;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Two names are the same where either the file system or the eye of a person would take them so. */
function sameName(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
