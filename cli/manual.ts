import { parseArgs } from 'node:util';
import { UsageError } from './usage.ts';

/** One option: as it is parsed, as `--help` tells of it, and as shells offer it. */
export interface Option {
  type: 'boolean' | 'string';
  short?: string;
  /** What follows it, in capitals: `NAME`. */
  value?: 'NAME' | 'DIR' | 'TEXT' | 'URL';
  /** All that may follow it. */
  choices?: readonly string[];
  /** In a few words; further lines are told by `--help` alone. */
  about: string;
}

/** What a command takes besides options. */
export type Takes = 'files' | 'videos' | 'one video' | 'shell' | 'nothing';
const ARGUMENTS: Record<Takes, string> = {
  files: 'FILE…',
  videos: 'ID…',
  'one video': '[ID]',
  shell: 'bash|zsh|fish',
  nothing: '',
};

/** All there is to say about a command: the one source of its parser, its help and its completion. */
export interface Manual {
  name: string;
  /** In a few words, for the list of commands. */
  summary: string;
  takes: Takes;
  /** What it does. */
  about: string;
  options: Record<string, Option>;
  /** What is worth knowing beyond the options. */
  more?: string;
  examples: readonly string[];
}

/** What every command that speaks with a server takes. */
export const SERVER_OPTIONS = {
  json: { type: 'boolean', about: 'for programs: one JSON object a line' },
  server: { type: 'string', value: 'URL', about: 'another Reelight than the one on this machine (or REELIGHT_URL)' },
  token: { type: 'string', value: 'TEXT', about: 'who you are, where people sign in (better: REELIGHT_TOKEN)' },
  'no-color': { type: 'boolean', about: 'no colours (or NO_COLOR)' },
} as const satisfies Record<string, Option>;

const HELP: Record<string, Option> = { help: { type: 'boolean', short: 'h', about: 'show this' } };

/** All options of a command, `--help` too. */
export const optionsOf = ({ options }: Manual): Record<string, Option> => ({ ...options, ...HELP });

export const usageOf = ({ name, takes }: Manual): string => `reelight ${name} ${ARGUMENTS[takes]}`.trimEnd();

/** What `--help` says. */
export function helpOf(manual: Manual): string {
  const options = Object.entries(optionsOf(manual)).map(([name, { short, value, about }]) => {
    const spelled = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
    return [spelled, about] as const;
  });
  const width = Math.max(...options.map(([spelled]) => spelled.length)) + 2;
  const told = options.map(
    ([spelled, about]) => `  ${spelled.padEnd(width)}${about.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
  );
  const { about, more, examples } = manual;
  const blocks = [
    `Usage: ${usageOf(manual)} [options]`,
    about,
    `Options:\n${told.join('\n')}`,
    ...(more ? [more] : []),
    `Examples:\n${examples.map((line) => `  ${line}`).join('\n')}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** @throws UsageError */
export function parse(manual: Manual, argv: string[]): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: argv, options: optionsOf(manual), allowPositionals: true });
  } catch (cause) {
    // Its own words name the option; what follows the first sentence is advice about `--`.
    const [sentence = 'Unknown option'] = cause instanceof Error ? cause.message.split('. ') : [];
    throw new UsageError([`${sentence} ${hintOf(manual)}`], { cause });
  }
}

export const hintOf = ({ name }: Manual): string => `(reelight ${name} --help tells more)`;

/** Colours are off where they are not wanted: https://no-color.org */
export const wantsColours = (values: Record<string, unknown>, env: NodeJS.ProcessEnv): boolean =>
  !values['no-color'] && !env.NO_COLOR && env.TERM !== 'dumb';
