/* Apart from the profiles themselves, so that who only checks a name does not carry all of them along. */

/** The best first. */
export const PROFILE_NAMES = ['adaptive', 'classic', 'passthrough'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** What a video gets when nobody chose. */
export const DEFAULT_PROFILE: ProfileName = 'adaptive';
