import { type ParseArgsConfig, parseArgs } from 'node:util';

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/**
 * What a program was given. `--help` is answered by how it is used, and what it does not know by one line: then it ends,
 * with 0 or 2, before it has done anything.
 *
 * @param usage "Usage: …", and what it does
 */
export function readArguments<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const args = config.args ?? process.argv.slice(2);
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs<T>({ ...config, args, options: { ...config.options, ...HELP } });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [problem] = error.message.split('. ');
    return refuseArguments(`${problem}`);
  }
}

/** Of a program that takes none. */
export function readNoArguments(usage: string): void {
  readArguments(usage, {});
}

/**
 * A whole number from 1 on that was given.
 *
 * @param what it is, for the one line that refuses anything else
 */
export function countIn(text: string | undefined, what: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : refuseArguments(`${text}: is no number of ${what}`);
}

/** One line, and the exit code for wrong usage. */
export function refuseArguments(problem: string): never {
  console.error(`${problem.replace(/\.$/, '')} (--help tells more).`);
  process.exit(2);
}
