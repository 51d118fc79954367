import { access, constants, mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
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
 * Makes sure that results can be written before any work is done.
 *
 * @param out - as it was given
 * @throws UsageError
 */
export async function prepareFolders(targets: Target[], out: string | undefined, cwd: string): Promise<void> {
  if (out !== undefined) await makeFolder(out, cwd);
  const problems: string[] = [];
  for (const folder of new Set(targets.map((target) => target.folder))) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
    } catch {
      problems.push(`${folder}: results may not be written there; choose another folder with --out`);
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
}

async function makeFolder(out: string, cwd: string): Promise<void> {
  try {
    await mkdir(resolve(cwd, out), { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'is not a folder' : `cannot be made (${code})`;
    throw new UsageError([`--out ${out}: ${reason}`], { cause: error });
  }
}

/** Two names are the same where either the file system or the eye of a person would take them so. */
function sameName(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
