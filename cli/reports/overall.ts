import { type FileStatus, isFinal, type Stage } from './report.ts';

/** Where all files together stand. */
export interface Overall {
  files: number;
  /** Of them, those to which nothing more happens. */
  ended: number;
  failed: number;
  /** 0 to 100, each file by its size; never goes down. */
  progress: number;
}

/** From where to where a file gets in each stage, in per cent of its whole way. */
const SHARES: Partial<Record<Stage, readonly [number, number]>> = {
  uploading: [0, 20],
  queued: [20, 20],
  enhancing: [20, 95],
  downloading: [95, 100],
};

export function overall(files: { file: string; size: number }[]) {
  const latest = new Map<string, FileStatus>();
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let shown = 0;
  return {
    see: (status: FileStatus): void => void latest.set(status.file, status),
    now(): Overall {
      const known = files.flatMap(({ file }) => latest.get(file) ?? []);
      const come = files.reduce((sum, { file, size }) => sum + (size * wayOf(latest.get(file))) / 100, 0);
      // A file that is begun anew goes back; what is told of all of them need not.
      shown = Math.max(shown, total > 0 ? (come / total) * 100 : 0);
      return {
        files: files.length,
        ended: known.filter(isFinal).length,
        failed: known.filter(({ stage }) => stage === 'failed').length,
        progress: shown,
      };
    },
  };
}

function wayOf(status: FileStatus | undefined): number {
  if (!status) return 0;
  const [from, to] = SHARES[status.stage] ?? [100, 100];
  return from + ((to - from) * status.progress) / 100;
}
