import type { Option } from '../manual.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Asks for the videos there are; says nothing where no Reelight runs. */
export const IDS = 'reelight list --ids 2>/dev/null';

/** As an option is typed: `--search`, `-s`. */
export const spellings = ([name, { short }]: [string, Option]): string[] => [
  `--${name}`,
  ...(short ? [`-${short}`] : []),
];

/** The first line of what is told of an option: shells have one. */
export const brief = ({ about }: Option): string => about.split('\n')[0] ?? '';

/** Within single quotes of a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
