import { existsSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_MS = 10;

/** The folder of one job of a worker, while it lasts. */
export interface JobFolder {
  worker: string;
  path: string;
}

/** Looks at the folders of all jobs again and again, until the signal; `look` ends it too by answering true. */
export async function eachJobFolder(
  scratch: string,
  signal: AbortSignal,
  look: (folder: JobFolder) => boolean | undefined,
): Promise<void> {
  while (!signal.aborted) {
    for (const worker of entries(scratch)) {
      for (const job of entries(join(scratch, worker))) {
        if (look({ worker, path: join(scratch, worker, job) })) return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** As chunks are called when they come from storage. */
const FETCHED = /^chunk-\d+\.mp4$/;

/**
 * The names of the files that jobs write, until the signal: one of those that are called alike but for their kind, which
 * come at once, and one of the chunks that are fetched. Not of other numbered ones: of those, jobs read what came out even
 * when not all did, and what stands in for a full disk never ends for who reads it.
 */
export async function filesOfJobs(scratch: string, signal: AbortSignal): Promise<string[]> {
  const names = new Map<string, string>();
  await eachJobFolder(scratch, signal, ({ path }) => {
    for (const name of entries(path)) {
      const stem = FETCHED.test(name) ? 'fetched' : name.replace(/\.[^.]*$/, '');
      if (!/\d/.test(stem) && !names.has(stem)) names.set(stem, name);
    }
    return false;
  });
  return [...names.values()].sort();
}

/**
 * Whoever writes a file of this name there will be told that the disk is full, by the system itself. False when the
 * file is there already, or the folder is gone.
 */
export function fillDiskFor(folder: string, name: string): boolean {
  try {
    symlinkSync('/dev/full', join(folder, name));
    return true;
  } catch {
    return false;
  }
}

/** There is room again. */
export function emptyDiskFor(folder: string, name: string): void {
  if (isFullFor(folder, name)) rmSync(join(folder, name), { force: true });
}

function isFullFor(folder: string, name: string): boolean {
  try {
    return readlinkSync(join(folder, name)) === '/dev/full';
  } catch {
    return false;
  }
}

export const isThere = (folder: JobFolder): boolean => existsSync(folder.path);

/** None of what is gone meanwhile. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
