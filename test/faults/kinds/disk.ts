import { readFileSync } from 'node:fs';
import type { Fault } from '../fault.ts';
import { eachJobFolder, emptyDiskFor, fillDiskFor, isThere, type JobFolder } from '../rig/job-folders.ts';
import { pauseOr } from './waiting.ts';

/** How the system says it, how Node does, and how we do. */
const FULL = /No space left on device|ENOSPC|disk_full/;
/** Whoever grows beyond this reads what has no end. */
const MOST_PAGES = 2 ** 19;

/** The disk is full for a worker, at one of the files that it writes on its way from the source to the upload. */
export function diskFaults(files: readonly string[]): Fault[] {
  return files.map((file) => ({
    name: `disk full at ${file}`,
    async strike({ rig, signal, fired }) {
      const known = new Set<string>();
      while (!signal.aborted) {
        const folder = await nextJob(rig.home.scratch, file, known, signal);
        if (!folder) return;
        const { worker, path } = folder;
        let said: string | undefined;
        const stop = rig.logs.hear((line) => {
          if (line.worker !== worker || said || !FULL.test(JSON.stringify(line.fields))) return;
          said = String(line.fields.message);
          emptyDiskFor(path, file);
        });
        // Some jobs write no such file.
        while (isThere(folder) && !said && !signal.aborted) {
          await pauseOr(20, signal);
          const pid = rig.pipeline.pids()[worker];
          if (pid && pagesOf(pid) > MOST_PAGES) {
            process.kill(pid, 'SIGKILL');
            throw new Error(`${worker} reads ${file} though it could not be written`);
          }
        }
        stop();
        emptyDiskFor(path, file);
        if (said) return fired(`${worker}: ${said}`);
      }
    },
  }));
}

/** The next job in whose folder the file is not yet. */
async function nextJob(scratch: string, file: string, known: Set<string>, signal: AbortSignal) {
  let next: JobFolder | undefined;
  await eachJobFolder(scratch, signal, (found) => {
    if (known.has(found.path)) return false;
    known.add(found.path);
    if (!fillDiskFor(found.path, file)) return false;
    next = found;
    return true;
  });
  return next;
}

/** Of memory in use, 4 KiB each. */
function pagesOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
