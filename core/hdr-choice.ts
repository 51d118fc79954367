/** What becomes of high dynamic range: pictures that every screen shows, or those that were made. */
export const HDR_CHOICES = ['sdr', 'keep'] as const;
export type HdrChoice = (typeof HDR_CHOICES)[number];

export const DEFAULT_HDR: HdrChoice = 'sdr';
