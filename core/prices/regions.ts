/** Whose prices the table has. */
export const PRICED_REGIONS = ['us-east-1', 'eu-west-1'] as const;
export type PricedRegion = (typeof PRICED_REGIONS)[number];
