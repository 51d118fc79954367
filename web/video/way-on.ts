/**
 * What a person can do about a failure: send the file, choose another one, or have this one tried again, as it was or with
 * another profile.
 */
export type WayOn = 'send' | 'another file' | 'another profile' | 'again';

/** By the code of what cannot be otherwise however often it is tried: what core/errors.ts calls bad input. */
const HOPELESS: Record<string, WayOn> = {
  not_a_video: 'another file',
  not_playable: 'another file',
  too_costly: 'another profile',
  too_fast: 'another file',
  too_large: 'another file',
  too_long: 'another file',
  undecodable: 'another file',
  unreadable: 'another file',
  unsupported: 'another file',
  upload_expired: 'send',
};

export const wayOn = (code: string): WayOn => HOPELESS[code] ?? 'again';
