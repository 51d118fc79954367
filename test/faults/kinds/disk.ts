import { readFileSync } from 'node:fs';
import type { Fault, Scene } from '../fault.ts';
import { eachJobFolder, emptyDiskFor, fillDiskFor, isThere, type JobFolder } from '../rig/job-folders.ts';

/** How the system says it, how Node does, and how we do. */
const FULL = /No space left on device|ENOSPC|disk_full/;
/** Whoever grows beyond this reads what has no end. */
const MOST_PAGES = 2 ** 19;

/** The disk is full for workers, at one of the files that they write on their way from the source to the upload. */
export function diskFaults(files: readonly string[]): Fault[] {
  return files.map((file) => ({
    name: `disk full at ${file}`,
    async strike({ rig, signal, fired }) {
      const full = new Map<string, JobFolder>();
      const said = new AbortController();
      const stop = rig.logs.hear(({ worker, fields }) => {
        if (![...full.values()].some((job) => job.worker === worker) || !tellsOf(file, fields)) return;
        if (!said.signal.aborted) fired(`${worker}: ${fields.error ?? fields.message}`);
        said.abort();
      });
      const known = new Set<string>();
      await eachJobFolder(rig.home.scratch, AbortSignal.any([signal, said.signal]), (job) => {
        if (!known.has(job.path) && fillDiskFor(job.path, file)) full.set(job.path, job);
        known.add(job.path);
        for (const [path, one] of full) if (!isThere(one)) full.delete(path);
        return [...full.values()].some(({ worker }) => readsWithoutEnd(rig, worker, file));
      });
      stop();
      for (const path of full.keys()) emptyDiskFor(path, file);
    },
  }));
}

/** Whether a worker says that it could not write the file; of what is nice to have it says that it was left out. */
function tellsOf(file: string, fields: Record<string, unknown>): boolean {
  const isLeftOut = fields.message === 'left out' && file.startsWith(`${fields.step}.`);
  return isLeftOut || FULL.test(JSON.stringify(fields));
}

/** @throws Error when it does: then it is killed, before it takes all memory */
function readsWithoutEnd({ pipeline }: Scene['rig'], worker: string, file: string): false {
  const pid = pipeline.pids()[worker];
  if (!pid || pagesOf(pid) < MOST_PAGES) return false;
  process.kill(pid, 'SIGKILL');
  throw new Error(`${worker} reads ${file} though it could not be written`);
}

/** Of memory in use, 4 KiB each. */
function pagesOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
