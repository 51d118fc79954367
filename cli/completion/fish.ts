import { type Manual, type Option, optionsOf } from '../manual.ts';
import { brief, IDS, SHELLS } from './words.ts';

export function fishCompletion(manuals: readonly Manual[]): string {
  return `# reelight in fish: reelight completion fish | source, or into ~/.config/fish/completions/reelight.fish
complete -c reelight -f
complete -c reelight -n __fish_use_subcommand -s h -l help -d ${quoted('show all commands')}
complete -c reelight -n __fish_use_subcommand -l version -d ${quoted('say which version this is')}
complete -c reelight -n __fish_use_subcommand -a help -d ${quoted('tell all about a command')}
complete -c reelight -n '__fish_seen_subcommand_from help' -a '${manuals.map(({ name }) => name).join(' ')}'
${manuals.flatMap(ofCommand).join('\n')}
`;
}

function ofCommand(manual: Manual): string[] {
  const within = `complete -c reelight -n '__fish_seen_subcommand_from ${manual.name}'`;
  const positional = {
    files: '-F',
    videos: `-a '(${IDS})'`,
    'one video': `-a '(${IDS})'`,
    shell: `-a '${SHELLS.join(' ')}'`,
    nothing: undefined,
  }[manual.takes];
  return [
    `complete -c reelight -n __fish_use_subcommand -a ${manual.name} -d ${quoted(manual.summary)}`,
    ...(positional ? [`${within} ${positional}`] : []),
    ...Object.entries(optionsOf(manual)).map((option) => `${within} ${ofOption(option)}`),
  ];
}

function ofOption([name, option]: [string, Option]): string {
  const spelled = `${option.short ? `-s ${option.short} ` : ''}-l ${name}`;
  const takes = option.choices
    ? ` -x -a '${option.choices.join(' ')}'`
    : option.value === 'DIR'
      ? ` -x -a '(__fish_complete_directories)'`
      : option.type === 'string'
        ? ' -x'
        : '';
  return `${spelled}${takes} -d ${quoted(brief(option))}`;
}

/** In fish, a backslash keeps its meaning within single quotes. */
const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
