import type { ProcessState } from '../../client/node.ts';
import type { EnhancementReport } from '../../core/report.ts';

/** How far one file is. The last three are final. */
export type Stage = 'uploading' | 'queued' | 'enhancing' | 'downloading' | 'done' | 'failed' | 'cancelled';

/** Where one file stands. */
export interface FileStatus {
  /** As it was given. */
  file: string;
  file_id: string | null;
  stage: Stage;
  /** 0 to 100, of this stage. */
  progress: number;
  /** What moves, while something does. */
  bytes: { moved: number; total: number } | null;
  metadata: ProcessState;
  /** What was found in the video and done about it; null until it is known. */
  analysis: EnhancementReport | null;
  /** Why it failed. */
  error: { code: string; message: string } | null;
  /** What was written. */
  outputs: { video?: string; metadata?: string };
  seconds: number;
}

/** Says how it goes, to whoever reads: a person at a terminal, a log, a program. */
export interface Report {
  /** These are the files, and their sizes in bytes. */
  begin(files: { file: string; size: number }[]): void;
  /** What the command as a whole is doing. */
  note(line: string): void;
  /** Something about a file changed. */
  file(status: FileStatus): void;
  /** All files have ended. */
  summary(count: Record<'done' | 'failed' | 'cancelled', number>): void;
  /** Puts the terminal back in order. Nothing is said afterwards. */
  close(): void;
}

/** Where text goes. */
export interface Output {
  write(text: string): unknown;
}

/** A terminal, or what stands in for one. */
export interface Screen extends Output {
  columns?: number;
}

export function isFinal({ stage }: FileStatus): boolean {
  return stage === 'done' || stage === 'failed' || stage === 'cancelled';
}
