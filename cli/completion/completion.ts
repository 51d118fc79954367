import { type Command, EXIT } from '../command.ts';
import { helpOf, hintOf, type Manual, parse } from '../manual.ts';
import { UsageError } from '../usage.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { SHELLS, type Shell } from './words.ts';
import { zshCompletion } from './zsh.ts';

const MAKE: Record<Shell, (manuals: readonly Manual[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

const manual: Manual = {
  name: 'completion',
  summary: 'teach a shell to complete commands, options and file_ids',
  takes: 'shell',
  about:
    'Says what a shell has to read to complete commands, options, profiles, files and the file_ids of your videos.',
  options: {},
  examples: [
    "echo 'source <(reelight completion bash)' >> ~/.bashrc",
    "echo 'source <(reelight completion zsh)' >> ~/.zshrc      # after compinit",
    'reelight completion fish > ~/.config/fish/completions/reelight.fish',
  ],
};

/** @param manuals of all commands */
export function completion(manuals: () => readonly Manual[]): Command {
  return {
    manual,
    async run(argv, { out, err }) {
      try {
        const { values, positionals } = parse(manual, argv);
        if (values.help) {
          out.write(helpOf(manual));
          return EXIT.done;
        }
        const shell = SHELLS.find((name) => name === positionals[0]);
        if (!shell || positionals.length > 1) {
          throw new UsageError([`Name one shell: ${SHELLS.join(', ')} ${hintOf(manual)}`]);
        }
        out.write(MAKE[shell](manuals()));
        return EXIT.done;
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        for (const line of error.problems) err.write(`${manual.name}: ${line}\n`);
        return EXIT.usage;
      }
    },
  };
}
