import { parseArgs } from 'node:util';
import { DEFAULT_HDR, type HdrChoice } from '../core/hdr-choice.ts';
import { DEFAULT_PROFILE, PROFILE_NAMES, type ProfileName, profiles } from '../core/profiles/index.ts';
import { UsageError } from './usage.ts';

export interface EnhanceArguments {
  /** As they were given. */
  files: string[];
  profile: ProfileName;
  /** What becomes of high dynamic range. */
  hdr: HdrChoice;
  /** The folder results go to; beside each source unless given. */
  out: string | undefined;
  json: boolean;
  help: boolean;
}

/** @throws UsageError */
export function readArguments(argv: string[]): EnhanceArguments {
  const { values, positionals } = parse(argv);
  const { profile = DEFAULT_PROFILE, out, json = false, help = false } = values;
  const hdr = values['keep-hdr'] ? 'keep' : DEFAULT_HDR;
  if (help) return { files: [], profile: DEFAULT_PROFILE, hdr, out, json, help };
  const problems = [
    ...(positionals.length === 0 ? ['Name at least one video: npm run enhance -- clip.mp4 (--help tells more)'] : []),
    ...(isProfile(profile)
      ? []
      : [`--profile ${profile}: there is no such profile. There is: ${PROFILE_NAMES.join(', ')}`]),
    ...(out === '' ? ['--out needs the name of a folder'] : []),
  ];
  if (problems.length > 0 || !isProfile(profile)) throw new UsageError(problems);
  return { files: positionals, profile, hdr, out, json, help };
}

export function helpText(): string {
  return `Usage: npm run enhance -- FILE… [options]

Makes videos look better and extracts what is known about them. Uses the Reelight that runs at http://localhost:$PORT
(8000 unless set), or starts one and stops it at the end.

For each FILE it writes, beside it:
  <name>.enhanced.mp4    the enhanced video (.avi where no H.264 encoder could be used)
  <name>.metadata.json   everything that is known about the source
Files of these names from earlier runs are replaced; nothing else is ever overwritten. Sources of the same name that
would end in the same place get a number: <name>-2.enhanced.mp4.

Options:
  --profile NAME   how videos are enhanced (${DEFAULT_PROFILE} unless given):
${PROFILE_NAMES.map((name) => `                     ${name}: ${profiles[name].summary}`).join('\n')}
  --keep-hdr       HDR10 and HLG stay what they are, in 10-bit HEVC and without repairs; otherwise they are brought
                   to standard range, which every screen shows
  --out DIR        write the results there instead; it is made if need be
  --json           for machines: one JSON object a line on stdout, everything else on stderr
                   (npm prints lines of its own unless called as npm run --silent enhance -- …)
  -h, --help       show this

Ctrl-C cancels the work; a second one ends at once. An interrupted upload goes on where it stopped when the same command
is given again. Exit code: 0 all done, 1 something failed, 2 wrong usage, 130 cancelled.

Examples:
  npm run enhance -- holiday.mov
  npm run enhance -- clips/*.mp4 --out enhanced
  npm run --silent enhance -- talk.mkv --json | jq .state
`;
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        profile: { type: 'string' },
        'keep-hdr': { type: 'boolean' },
        out: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Its own words name the option; what follows the first sentence is advice about `--`.
    const [sentence = 'Unknown option'] = error instanceof Error ? error.message.split('. ') : [];
    throw new UsageError([`${sentence} (--help tells more)`], { cause: error });
  }
}

function isProfile(name: string): name is ProfileName {
  return PROFILE_NAMES.some((known) => known === name);
}
