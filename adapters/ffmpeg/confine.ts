import { spawnSync } from 'node:child_process';
import { type Bounds, boundsOf } from './bounds.ts';
import { onPath } from './find-ffmpeg.ts';

/*
 * How a program is held: two programs of util-linux start it, each of which becomes the next. There is no shell, and
 * nothing of ours runs beside it.
 */

/** What a program may see of our environment: where programs and libraries are, and no credentials or proxies. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot'];

/** Seconds between the signal that asks a program to end and the one that it cannot ignore. */
const CPU_GRACE = 5;

/**
 * The command that runs the program so that it
 *
 * - dies with us, whatever happens to us: `setpriv --pdeathsig` has the kernel kill it when the thread that started it
 *   ends
 * - stays within its bounds: `prlimit` has the kernel refuse it memory and end it for what it computes or writes
 *
 * BusyBox has neither in this form, and other systems none, hence the tries: there, an aborted signal is all that ends
 * the program.
 */
export function confined(program: string, args: string[], bounds: Bounds): [string, string[]] {
  const { setpriv, prlimit } = confinement();
  const whole = [
    ...(setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : []),
    ...(prlimit ? [prlimit, ...limitsOf(bounds), '--'] : []),
    ...[program, ...args],
  ];
  const [command = program, ...rest] = whole;
  return [command, rest];
}

/** The environment of every program that looks at uploads. */
export function confinedEnvironment(): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), LANG: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' };
}

interface Confinement {
  setpriv: string | undefined;
  prlimit: string | undefined;
}

let known: Confinement | undefined;

/** What there is on this machine to hold a program with. */
export function confinement(): Confinement {
  known ??= {
    setpriv: working('setpriv', ['--pdeathsig', 'KILL']),
    // Fails where somebody has set tighter bounds already, which cannot be lifted and need not.
    prlimit: working('prlimit', limitsOf(boundsOf('work'))),
  };
  return known;
}

function working(name: string, options: string[]): string | undefined {
  const path = process.platform === 'linux' ? onPath(name) : undefined;
  if (!path) return undefined;
  const { status } = spawnSync(path, [...options, '--', path, '--version'], { stdio: 'ignore' });
  return status === 0 ? path : undefined;
}

/**
 * As `prlimit` takes them. Memory counts by what is written to (`RLIMIT_DATA`), not by address space: threads reserve
 * gigabytes of that which they never touch.
 */
function limitsOf({ cpuSeconds, memoryBytes, fileBytes }: Bounds): string[] {
  const seconds = Math.max(1, Math.ceil(cpuSeconds));
  return [
    `--cpu=${seconds}:${seconds + CPU_GRACE}`,
    `--data=${Math.floor(memoryBytes)}`,
    `--fsize=${Math.floor(fileBytes)}`,
    '--core=0',
  ];
}
