import { classic } from './classic.ts';
import type { Profile } from './profile.ts';

export type { Profile } from './profile.ts';

export const PROFILE_NAMES = ['classic'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export const profiles: Record<ProfileName, Profile> = { classic };

/** What a video gets when nobody chose. */
export const DEFAULT_PROFILE: ProfileName = 'classic';
