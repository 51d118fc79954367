import { type Manual, optionsOf } from '../manual.ts';
import { IDS, SHELLS, spellings } from './words.ts';

/** Works in the bash 3.2 of macOS too, which has neither `mapfile` nor `compopt`. */
export function bashCompletion(manuals: readonly Manual[]): string {
  const names = manuals.map(({ name }) => name);
  return `# reelight in bash: source <(reelight completion bash)
_reelight() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local IFS=$'\\n'
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${offer([...names, 'help', '--help', '--version'])}
    return
  fi
  case "$command $previous" in
${manuals.flatMap(afterOption).join('\n')}
  esac
  case "$command $current" in
${manuals.map((manual) => `    '${manual.name} '-*) ${offer(Object.entries(optionsOf(manual)).flatMap(spellings))} ;;`).join('\n')}
${manuals.flatMap(positional).join('\n')}
    'help '*) ${offer(names)} ;;
  esac
}
complete -o filenames -F _reelight reelight
`;
}

const offer = (words: readonly string[]) => `COMPREPLY=($(compgen -W $'${words.join('\\n')}' -- "$current"))`;
const FILES = 'COMPREPLY=($(compgen -f -- "$current"))';

/** What follows an option that takes something. */
function afterOption(manual: Manual): string[] {
  return Object.entries(optionsOf(manual)).flatMap(([name, option]) => {
    if (option.type === 'boolean') return [];
    const at = spellings([name, option]).map((spelled) => `'${manual.name} ${spelled}'`);
    const does = option.choices
      ? offer(option.choices)
      : option.value === 'DIR'
        ? 'COMPREPLY=($(compgen -d -- "$current"))'
        : ':';
    return [`    ${at.join('|')}) ${does}; return ;;`];
  });
}

function positional({ name, takes }: Manual): string[] {
  const does = {
    files: FILES,
    videos: `COMPREPLY=($(compgen -W "$(${IDS})" -- "$current"))`,
    'one video': `COMPREPLY=($(compgen -W "$(${IDS})" -- "$current"))`,
    shell: offer(SHELLS),
    nothing: undefined,
  }[takes];
  return does ? [`    '${name} '*) ${does} ;;`] : [];
}
