import type { ParseArgsConfig } from 'node:util';
import { ReelightError } from '../../core/errors.ts';
import { DEFAULT_PROFILE, PROFILE_NAMES, type ProfileName } from '../../core/profiles/names.ts';
import { PRESETS, type Preset } from '../presets.ts';
import type { Load } from './load.ts';

/** What was asked for makes no sense; the message says what would. */
export class CostUsageError extends ReelightError {
  override readonly retryable = false;

  constructor(message: string) {
    super('usage', message);
  }
}

export const USAGE = `Usage: npm run cost -- --minutes-per-month N [options]

What a month costs in which so many minutes of video come, line by line.

  --minutes-per-month N  minutes of video that are uploaded in a month
  --profile P            ${PROFILE_NAMES.join(', ')} (${DEFAULT_PROFILE})
  --preset P             ${PRESETS.join(', ')} (prod), with what reelight.config.ts says
  --region R             another than the preset's
  --video-minutes N      how long a video is (3)
  --views N              how often each is watched to its end (2)
  --keep-months N        how long each is kept (1)
  --bursts-per-day N     how often work comes after a pause, where no worker is always there (4)
  --json                 for programs

npm run cost -- --minutes-per-month 1000
npm run cost -- --minutes-per-month 20000 --profile classic --preset dev --json`;

const text = { type: 'string' } as const;
export const OPTIONS = {
  'minutes-per-month': text,
  profile: text,
  preset: text,
  region: text,
  'video-minutes': text,
  views: text,
  'keep-months': text,
  'bursts-per-day': text,
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

type Values = { [name in keyof typeof OPTIONS]?: string | boolean | undefined };

/** @throws CostUsageError naming the option */
export function readOptions(values: Values): {
  preset: Preset;
  region: string | undefined;
  json: boolean;
  load: Load;
} {
  const number = (name: keyof typeof OPTIONS, otherwise?: number, least = 0) => {
    const given = values[name];
    if (given === undefined && otherwise !== undefined) return otherwise;
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
    if (!Number.isFinite(value) || value < least) {
      throw new CostUsageError(
        `--${name} must be a number${least > 0 ? ` from ${least} on` : ', 0 or more'}. --help says more.`,
      );
    }
    return value;
  };
  const choice = <T extends string>(name: 'profile' | 'preset', of: readonly T[], otherwise: T): T => {
    const found = of.find((each) => each === (values[name] ?? otherwise));
    if (!found) throw new CostUsageError(`--${name} must be one of ${of.join(', ')}.`);
    return found;
  };
  return {
    preset: choice<Preset>('preset', PRESETS, 'prod'),
    region: typeof values.region === 'string' ? values.region : undefined,
    json: values.json === true,
    load: {
      minutes: number('minutes-per-month'),
      profile: choice<ProfileName>('profile', PROFILE_NAMES, DEFAULT_PROFILE),
      videoMinutes: number('video-minutes', 3, 0.01),
      views: number('views', 2),
      keepMonths: number('keep-months', 1),
      burstsPerDay: number('bursts-per-day', 4),
    },
  };
}
