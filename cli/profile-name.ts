import { PROFILE_NAMES, type ProfileName } from '../core/profiles/names.ts';

export const isProfile = (name: unknown): name is ProfileName => PROFILE_NAMES.some((known) => known === name);

export const noSuchProfile = (name: unknown): string =>
  `--profile ${name}: there is no such profile. There is: ${PROFILE_NAMES.join(', ')}`;
