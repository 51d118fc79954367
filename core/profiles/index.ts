import { adaptive } from './adaptive.ts';
import { classic } from './classic.ts';
import type { ProfileName } from './names.ts';
import { passthrough } from './passthrough.ts';
import type { Profile } from './profile.ts';

export { DEFAULT_PROFILE, PROFILE_NAMES, type ProfileName } from './names.ts';
export type { Profile } from './profile.ts';

export const profiles: Record<ProfileName, Profile> = { adaptive, classic, passthrough };
