import type { Profile } from './profile.ts';

/** Encodes anew and changes nothing: for videos that are only to stream well. */
export const passthrough: Profile = {
  name: 'passthrough',
  summary: 'Encoded anew for streaming, the picture left as it is.',
  analyses: false,
  plan: ({ color }) => ({ graph: '', color: { ...color, range: 'tv' }, findings: [] }),
};
