import { z } from 'zod';

/** A number, or its digits as they come from a command line. Nothing is not 0. */
export const number = () =>
  z.union([z.number(), z.string().regex(/\S/)], { error: 'must be a number' }).transform(Number);

export const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return number().pipe(z.int({ error }).min(least, { error }).max(most, { error }));
};
