import type { FileStatus, Report, Screen } from './report.ts';
import { isFinal } from './report.ts';
import { bytes, inColumns, outcome, painter, safe, summaryLine, whatWasDone } from './text.ts';

const FRAME_MS = 100;
/** `uploading 10.5 MiB of 99.5 MiB` */
const DETAIL_COLUMNS = 31;
const HIDE_CURSOR = '\x1b[?25l';
/** What a terminal needs that is left in the middle. */
export const SHOW_CURSOR = '\x1b[?25h';
/** A line that is a column too long must not become two: they would be counted as one. */
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

/** For people at a terminal: a bar for each file under way at the bottom, what has ended above it. */
export function liveReport(screen: Screen, colours: boolean, cwd: string): Report {
  const paint = painter(colours);
  const bars = new Map<string, FileStatus>();
  let above: string[] = [];
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  screen.write(HIDE_CURSOR);

  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = [...bars.values()].map((status) => bar(status, screen.columns || 80, paint));
    const up = drawn > 0 ? `\x1b[${drawn}A` : '';
    const wrapped = above.map((line) => `${line}\n`).join('');
    const fixed = lines.map((line) => `${line}\n`).join('');
    screen.write(`${up}\r\x1b[J${wrapped}${NO_WRAP}${fixed}${WRAP}`);
    above = [];
    drawn = lines.length;
  };
  const drawSoon = () => {
    timer ??= setTimeout(draw, FRAME_MS);
  };

  return {
    note(line) {
      above.push(paint('dim', safe(line)));
      draw();
    },
    file(status) {
      bars.set(status.file, status);
      if (!isFinal(status)) return drawSoon();
      bars.delete(status.file);
      above.push(ending(status, paint, cwd), ...whatWasDone(status).map((line) => paint('dim', `  ${line}`)));
      draw();
    },
    summary(count) {
      if (count.done + count.failed + count.cancelled < 2) return;
      above.push(paint('bold', summaryLine(count)));
      draw();
    },
    close() {
      if (closed) return;
      closed = true;
      draw();
      screen.write(SHOW_CURSOR);
    },
  };
}

function bar(status: FileStatus, columns: number, paint: ReturnType<typeof painter>): string {
  const per = `${Math.floor(status.progress)}%`.padStart(4);
  const free = columns - DETAIL_COLUMNS - per.length - 4;
  const length = clamp(Math.floor(free * 0.45), 6, 24);
  const name = inColumns(safe(status.file.split('/').at(-1) ?? status.file), clamp(free - length, 8, 40));
  const filled = Math.round((status.progress / 100) * length);
  const drawn = paint('cyan', '█'.repeat(filled)) + paint('dim', '░'.repeat(length - filled));
  return `${paint('bold', name)} ${drawn} ${per} ${detail(status)}`;
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

function detail({ stage, bytes: moving, metadata }: FileStatus): string {
  if (moving && (stage === 'uploading' || stage === 'downloading')) {
    return `${stage} ${bytes(moving.moved)} of ${bytes(moving.total)}`;
  }
  const percent = metadata.status === 'processing' ? ` ${Math.floor(metadata.progress)}%` : '';
  return `${stage.padEnd(9)}  metadata ${metadata.status}${percent}`;
}

function ending(status: FileStatus, paint: ReturnType<typeof painter>, cwd: string): string {
  const mark = { done: paint('green', '✓'), failed: paint('red', '✗') }[status.stage as 'done' | 'failed'];
  return `${mark ?? paint('yellow', '–')} ${safe(status.file)}: ${outcome(status, cwd)}`;
}
