import { type Manual, type Option, optionsOf } from '../manual.ts';
import { brief, IDS, quoted, SHELLS, spellings } from './words.ts';

/** Works sourced, and as a file `_reelight` in a folder of `$fpath`. */
export function zshCompletion(manuals: readonly Manual[]): string {
  const commands = manuals.map(({ name, summary }) => quoted(`${name}:${escaped(summary)}`));
  return `#compdef reelight
# reelight in zsh: source <(reelight completion zsh), or save it as _reelight in a folder of $fpath
_reelight_videos() {
  local -a videos
  videos=(\${(f)"$(${IDS})"})
  _describe video videos
}
_reelight_commands() {
  local -a commands
  commands=(
    ${commands.join('\n    ')}
    'help:tell all about a command'
  )
  _describe command commands
}
_reelight() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C '--version[say which version this is]' '(- *)'{-h,--help}'[show all commands]' \\
    '1:command:_reelight_commands' '*::argument:->arguments'
  [[ $state == arguments ]] || return
  case $words[1] in
${manuals.map(ofCommand).join('\n')}
    help) _arguments '1:command:_reelight_commands' ;;
  esac
}
if [ "$funcstack[1]" = _reelight ]; then _reelight "$@"; else compdef _reelight reelight; fi
`;
}

function ofCommand(manual: Manual): string {
  const positional = {
    files: `'*:video:_files'`,
    videos: `'*:video:_reelight_videos'`,
    'one video': `'1:video:_reelight_videos'`,
    shell: `'1:shell:(${SHELLS.join(' ')})'`,
    nothing: '',
  }[manual.takes];
  const specs = [...Object.entries(optionsOf(manual)).flatMap(specOf), ...(positional ? [positional] : [])];
  return `    ${manual.name}) _arguments ${specs.join(' ')} ;;`;
}

function specOf([name, option]: [string, Option]): string[] {
  const told = `[${escaped(brief(option))}]`;
  const takes = option.choices
    ? `:${name}:(${option.choices.join(' ')})`
    : option.value === 'DIR'
      ? `:folder:_files -/`
      : option.type === 'string'
        ? `:${(option.value ?? 'text').toLowerCase()}:`
        : '';
  return spellings([name, option]).map((spelled) => quoted(`${spelled}${told}${takes}`));
}

/** What has a meaning in the words of `_arguments` and `_describe`. */
const escaped = (text: string): string => text.replace(/[:[\]\\]/g, '\\$&');
