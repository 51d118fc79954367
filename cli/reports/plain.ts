import type { ProcessStatus } from '../../core/process.ts';
import { isFinal, type Output, type Report, type Stage } from './report.ts';
import { bytes, outcome, safe, summaryLine, whatWasDone } from './text.ts';

/** Tenths that follow each other faster are passed over: what is over in a moment needs no progress. */
const UNHURRIED_MS = 1_000;

/** For logs and pipes: a line for each change of state and each tenth of a long way, failures on stderr. */
export function plainReport(out: Output, err: Output, cwd: string): Report {
  const told = new Map<string, { stage: Stage; metadata: ProcessStatus; tenth: number; at: number }>();

  return {
    begin: () => {},
    note: (line) => out.write(`${safe(line)}\n`),
    file(status) {
      const { file, stage, metadata } = status;
      const say = (text: string, to = out) => to.write(`${safe(file)}: ${text}\n`);
      const before = told.get(file);
      const tenth = Math.floor(status.progress / 10);
      const now = Date.now();
      const changed = before?.stage !== stage;
      const further = !changed && tenth > before.tenth && now - before.at >= UNHURRIED_MS;
      const last = changed || further ? { tenth, at: now } : { tenth: before.tenth, at: before.at };
      told.set(file, { stage, metadata: metadata.status, ...last });

      if (before && before.metadata !== metadata.status) say(`metadata ${metadata.status}`);
      if (isFinal(status)) {
        for (const line of whatWasDone(status)) say(line);
        say(outcome(status, cwd), stage === 'failed' ? err : out);
      } else if (changed)
        say(stage === 'uploading' && status.bytes ? `${stage} (${bytes(status.bytes.total)})` : stage);
      else if (further) say(`${stage} ${tenth * 10} %`);
    },
    summary(count) {
      if (count.done + count.failed + count.cancelled > 1) out.write(`${summaryLine(count)}\n`);
    },
    close: () => {},
  };
}
