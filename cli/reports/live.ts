import { type Overall, overall } from './overall.ts';
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

/** For people at a terminal: a bar for each file under way at the bottom, and one for all; what has ended above. */
export function liveReport(screen: Screen, colours: boolean, cwd: string): Report {
  const paint = painter(colours);
  const bars = new Map<string, FileStatus>();
  let above: string[] = [];
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let all = overall([]);
  screen.write(HIDE_CURSOR);

  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const columns = screen.columns || 80;
    const lines = [...bars.values()].map((status) => fileBar(status, columns, paint));
    const whole = all.now();
    if (whole.files > 1 && whole.ended < whole.files) lines.push(overallBar(whole, columns, paint));
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
    begin(files) {
      all = overall(files);
    },
    note(line) {
      above.push(paint('dim', safe(line)));
      draw();
    },
    file(status) {
      all.see(status);
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

type Paint = ReturnType<typeof painter>;

function fileBar(status: FileStatus, columns: number, paint: Paint): string {
  const name = safe(status.file.split('/').at(-1) ?? status.file);
  return bar(name, status.progress, detail(status), columns, paint);
}

function overallBar({ files, ended, failed, progress }: Overall, columns: number, paint: Paint): string {
  return bar(
    'all together',
    progress,
    `${ended} of ${files} ended${failed > 0 ? `, ${failed} failed` : ''}`,
    columns,
    paint,
  );
}

function bar(title: string, progress: number, detail: string, columns: number, paint: Paint): string {
  const per = `${Math.floor(progress)}%`.padStart(4);
  const free = columns - DETAIL_COLUMNS - per.length - 4;
  const length = clamp(Math.floor(free * 0.45), 6, 24);
  const name = inColumns(title, clamp(free - length, 8, 40));
  const filled = Math.round((progress / 100) * length);
  const drawn = paint('cyan', '█'.repeat(filled)) + paint('dim', '░'.repeat(length - filled));
  return `${paint('bold', name)} ${drawn} ${per} ${detail}`;
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

function detail({ stage, bytes: moving, metadata }: FileStatus): string {
  if (moving && (stage === 'uploading' || stage === 'downloading')) {
    return `${stage} ${bytes(moving.moved)} of ${bytes(moving.total)}`;
  }
  const percent = metadata.status === 'processing' ? ` ${Math.floor(metadata.progress)}%` : '';
  return `${stage.padEnd(9)}  metadata ${metadata.status}${percent}`;
}

function ending(status: FileStatus, paint: Paint, cwd: string): string {
  const mark = { done: paint('green', '✓'), failed: paint('red', '✗') }[status.stage as 'done' | 'failed'];
  return `${mark ?? paint('yellow', '–')} ${safe(status.file)}: ${outcome(status, cwd)}`;
}
