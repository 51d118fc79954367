import { parseArgs } from 'node:util';
import { onInterrupt } from '../../local/interrupts.ts';
import { runMain } from '../../local/run-main.ts';
import { tell } from './report.ts';
import { chosen } from './schedule.ts';
import { runSession } from './session.ts';
import { LONG } from './sizes.ts';

const USAGE = `Usage: npm run soak -- [--minutes N] [--seed S] [--load N] [--faults PATTERN]

Runs the real parts under faults for N minutes (10), with so many videos in the works (4), then checks that every promise
was kept. With --faults only those strike whose names match the regular expression. Exit code 0 when it was, 1 when not, 2 for wrong usage. The same seed deals the same faults.`;

async function main(): Promise<void> {
  const options = {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    load: { type: 'string' },
    faults: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const parsed = parse(() => parseArgs({ options }).values);
  if (parsed === undefined || parsed.help) {
    console.log(USAGE);
    process.exitCode = parsed ? 0 : 2;
    return;
  }
  const minutes = Number(parsed.minutes ?? 10);
  const seed = Number(parsed.seed ?? Date.now() % 100_000);
  const load = Number(parsed.load ?? LONG.load);
  if (!(minutes > 0) || !Number.isInteger(seed) || !(Number.isInteger(load) && load > 0)) {
    console.error(`--minutes and --load must be above 0, --seed and --load whole numbers.\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const names = new RegExp(parsed.faults ?? '');
  const started = Date.now();
  const note = (line: string) => console.log(`${clock(Date.now() - started)} ${line}`);
  const interrupted = new AbortController();
  onInterrupt((count) => {
    if (count > 1) process.exit(130);
    console.log('\nStopping … (Ctrl-C again stops at once)');
    interrupted.abort(new Error('interrupted'));
  });
  note(`Seed ${seed}, ${minutes} minutes of harm, ${load} videos at a time.`);
  try {
    const report = await runSession({
      ...LONG,
      name: 'soak',
      seed,
      load,
      harmMs: minutes * 60_000,
      choose: (tracks) => chosen(tracks, ({ name }) => names.test(name)),
      note,
      signal: interrupted.signal,
    });
    console.log(`\n${tell(report, seed)}`);
    process.exitCode = report.violations.length > 0 ? 1 : 0;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.log('Stopped, without a verdict.');
    process.exitCode = 130;
  }
}

function parse<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    console.error(error instanceof Error ? `${error.message}\n` : error);
    return undefined;
  }
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

if (import.meta.main) await runMain(main);
