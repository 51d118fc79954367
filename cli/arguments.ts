import { DEFAULT_HDR, type HdrChoice } from '../core/hdr-choice.ts';
import { DEFAULT_PROFILE, PROFILE_NAMES, type ProfileName, profiles } from '../core/profiles/index.ts';
import { hintOf, type Manual, parse, SERVER_OPTIONS } from './manual.ts';
import { isProfile, noSuchProfile } from './profile-name.ts';
import { UsageError } from './usage.ts';

export interface EnhanceArguments {
  /** As they were given. */
  files: string[];
  profile: ProfileName;
  /** What becomes of high dynamic range. */
  hdr: HdrChoice;
  /** The folder results go to; beside each source unless given. */
  out: string | undefined;
  help: boolean;
  /** Whatever else was given, by its name. */
  values: Record<string, unknown>;
}

export const ENHANCE: Manual = {
  name: 'enhance',
  summary: 'make videos look better, and extract what is known about them',
  takes: 'files',
  about: `Makes videos look better and extracts what is known about them. Uses the Reelight that runs at http://localhost:$PORT
(8000 unless set), or starts one and stops it at the end. The same as: npm run enhance -- FILE…

For each FILE it writes, beside it:
  <name>.enhanced.mp4    the enhanced video (.avi where no H.264 encoder could be used)
  <name>.metadata.json   everything that is known about the source
Files of these names from earlier runs are replaced; nothing else is ever overwritten. Sources of the same name that
would end in the same place get a number: <name>-2.enhanced.mp4.

FILE may be a pattern in quotes: 'clips/**/*.mov'.`,
  options: {
    profile: {
      type: 'string',
      value: 'NAME',
      choices: PROFILE_NAMES,
      about: `how videos are enhanced (${DEFAULT_PROFILE} unless given)
${PROFILE_NAMES.map((name) => `  ${name}: ${profiles[name].summary}`).join('\n')}`,
    },
    'keep-hdr': {
      type: 'boolean',
      about: `keep high dynamic range
HDR10 and HLG stay what they are, in 10-bit HEVC and without repairs; otherwise they
are brought to standard range, which every screen shows`,
    },
    out: { type: 'string', value: 'DIR', about: 'write the results there instead; it is made if need be' },
    ...SERVER_OPTIONS,
  },
  more: `With --json everything but the objects goes to stderr; npm prints lines of its own unless it is told to be --silent.
Ctrl-C cancels the work; a second one ends at once. An interrupted upload goes on where it stopped when the same command
is given again. Exit code: 0 all done, 1 something failed, 2 wrong usage, 130 cancelled.`,
  examples: [
    'reelight enhance holiday.mov',
    'reelight enhance clips/*.mp4 --out enhanced',
    'reelight enhance talk.mkv --profile classic',
    'reelight enhance talk.mkv --json | jq .state',
  ],
};

/** @throws UsageError */
export function readArguments(argv: string[]): EnhanceArguments {
  const { values, positionals: files } = parse(ENHANCE, argv);
  const profile = String(values.profile ?? DEFAULT_PROFILE);
  const out = typeof values.out === 'string' ? values.out : undefined;
  const hdr = values['keep-hdr'] ? 'keep' : DEFAULT_HDR;
  if (values.help) return { files: [], profile: DEFAULT_PROFILE, hdr, out, help: true, values };
  const problems = [
    ...(files.length === 0 ? [`Name at least one video: reelight enhance clip.mp4 ${hintOf(ENHANCE)}`] : []),
    ...(isProfile(profile) ? [] : [noSuchProfile(profile)]),
    ...(out === '' ? ['--out needs the name of a folder'] : []),
  ];
  if (problems.length > 0 || !isProfile(profile)) throw new UsageError(problems);
  return { files, profile, hdr, out, help: false, values };
}
