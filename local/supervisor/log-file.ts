import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** With the older half beside it, a log takes twice this. */
export const LOG_BYTES = 5 * 1024 * 1024;
const TAIL_LINES = 20;

export interface LogFile {
  write(chunk: Uint8Array | string): void;
  /** The last lines, to show why a program ended. */
  tail(): string[];
  close(): void;
}

/** A log that cannot fill the disk: when it is full, it becomes `<path>.1` and a new one is begun. */
export function logFile(path: string, limit = LOG_BYTES): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, 'a');
  let size = fstatSync(file).size;
  let last: string[] = [];
  let open = true;
  return {
    write(chunk) {
      if (!open) return;
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (size > 0 && size + bytes.length > limit) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, 'a');
        size = 0;
      }
      writeSync(file, bytes);
      size += bytes.length;
      last = keep(last, Buffer.from(bytes).toString());
    },
    tail: () => last.filter((line) => line.trim() !== ''),
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** The text may go on in the middle of a line. */
function keep(lines: string[], text: string): string[] {
  const joined = `${lines.join('\n')}${text}`.split('\n');
  return joined.slice(-TAIL_LINES);
}
