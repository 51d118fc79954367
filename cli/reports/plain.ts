import type { FileStatus, Output, Report } from './report.ts';
import { bytes, outcome, safe, summaryLine } from './text.ts';

/** For logs and pipes: a line for each change of state and each tenth of the way, failures on stderr. */
export function plainReport(out: Output, err: Output, cwd: string): Report {
  const told = new Map<string, FileStatus & { tenth: number }>();

  return {
    note: (line) => out.write(`${safe(line)}\n`),
    file(status) {
      const before = told.get(status.file);
      const changed = before?.stage !== status.stage;
      const tenth = Math.max(Math.floor(status.progress / 10), changed ? 0 : before.tenth);
      told.set(status.file, { ...status, tenth });
      const say = (text: string, to = out) => to.write(`${safe(status.file)}: ${text}\n`);

      if (before && before.metadata.status !== status.metadata.status) say(`metadata ${status.metadata.status}`);
      if (status.stage === 'failed') say(outcome(status, cwd), err);
      else if (status.stage === 'done' || status.stage === 'cancelled') say(outcome(status, cwd));
      else if (changed)
        say(status.stage === 'uploading' && status.bytes ? uploading(status.bytes.total) : status.stage);
      else if (tenth > before.tenth) say(`${status.stage} ${tenth * 10} %`);
    },
    summary(count) {
      if (count.done + count.failed + count.cancelled > 1) out.write(`${summaryLine(count)}\n`);
    },
    close: () => {},
  };
}

function uploading(size: number): string {
  return `uploading (${bytes(size)})`;
}
