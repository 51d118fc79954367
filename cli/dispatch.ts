import reelight from '../package.json' with { type: 'json' };
import { ENHANCE } from './arguments.ts';
import { type Command, EXIT, type World } from './command.ts';
import { completion } from './completion/completion.ts';
import { enhance } from './enhance.ts';
import { helpOf, usageOf } from './manual.ts';
import { safe } from './reports/text.ts';
import { cancel, list, open, remove, retry, watch } from './videos.ts';

export const COMMANDS: readonly Command[] = [
  { manual: ENHANCE, run: enhance },
  list,
  watch,
  cancel,
  retry,
  remove,
  open,
  completion(() => COMMANDS.map(({ manual }) => manual)),
];

/** The whole command line, without the program's name. Answers the exit code. */
export async function dispatch([name, ...argv]: string[], world: World): Promise<number> {
  const { out, err } = world;
  if (name === '--version' || name === '-V') {
    out.write(`reelight ${reelight.version}\n`);
    return EXIT.done;
  }
  const asked = name === 'help' || name === '--help' || name === '-h';
  const wanted = asked ? argv[0] : name;
  const command = COMMANDS.find(({ manual }) => manual.name === wanted);
  if (command && !asked) return command.run(argv, world);
  if (asked && (command || wanted === undefined)) {
    out.write(command ? helpOf(command.manual) : overview());
    return EXIT.done;
  }
  if (wanted !== undefined) err.write(`reelight: there is no command ${safe(wanted)}.\n\n`);
  err.write(overview());
  return EXIT.usage;
}

function overview(): string {
  const rows = COMMANDS.map(({ manual }) => [usageOf(manual), manual.summary] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length)) + 2;
  return `Usage: reelight COMMAND …

${rows.map(([usage, summary]) => `  ${usage.padEnd(width)}${summary}`).join('\n')}

reelight COMMAND --help tells all about one; reelight --version says which this is.

Examples:
  reelight enhance holiday.mov
  reelight watch $(reelight list --ids --search holiday)
  reelight open
`;
}
