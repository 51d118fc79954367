import { signal } from '@preact/signals';
import { DEFAULT_HDR, type HdrChoice } from '../../core/hdr-choice.ts';
import type { ProfileName } from '../../core/profiles/names.ts';
import { PROFILE_ORDER } from '../words.ts';

/** What is to become of a video, by whoever sends it. */
export interface Wishes {
  profile: ProfileName;
  hdr: HdrChoice;
}

/** For the files that are chosen next. */
export const wishes = signal<Wishes>({ profile: PROFILE_ORDER[0] ?? 'adaptive', hdr: DEFAULT_HDR });
