import type { Config } from './config.ts';

type Named = Pick<Config, 'name'>;

/** The stacks of a deployment, by what they are for. */
export function stackNames({ name }: Named) {
  return { data: `${name}-data`, api: `${name}-api`, oneMachine: `${name}-one-machine` };
}

export const BUCKETS = ['uploads', 'files', 'site'] as const;

/** A name that says where the bucket is: all of AWS shares one space of names. */
export function bucketName({ name }: Named, bucket: (typeof BUCKETS)[number], account: string, region: string): string {
  return `${name}-${bucket}-${account}-${region}`;
}
