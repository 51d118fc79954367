import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Folders for one job each, below one folder of this worker's own. Whatever an earlier life of the worker left there
 * (it was killed) is deleted first.
 */
export async function scratchIn(root: string): Promise<<T>(use: (folder: string) => Promise<T>) => Promise<T>> {
  await mkdir(root, { recursive: true });
  for (const leftover of await readdir(root)) await rm(join(root, leftover), { recursive: true, force: true });
  return async (use) => {
    const folder = await mkdtemp(join(root, 'job-'));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
