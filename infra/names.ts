import type { Config } from './config.ts';

type Named = Pick<Config, 'name'>;

/** The stacks of a deployment on one machine, by what they are for. */
export function stackNames({ name }: Named) {
  return { data: `${name}-data`, api: `${name}-api`, oneMachine: `${name}-one-machine` };
}

/** Those of a deployment to AWS, in the order in which they build on each other. */
export function awsStackNames({ name }: Named) {
  return {
    network: `${name}-network`,
    data: `${name}-data`,
    broker: `${name}-broker`,
    identity: `${name}-identity`,
    api: `${name}-api`,
    workers: `${name}-workers`,
    edge: `${name}-edge`,
    delivery: `${name}-delivery`,
    watch: `${name}-watch`,
    edgeWatch: `${name}-edge-watch`,
  };
}

/** The secret that the distribution adds to each request: known by its name, since stacks on both sides of it use it. */
export function edgeSecretName({ name, edgeSecret }: Named & { edgeSecret: number }): string {
  return `${name}-edge-${edgeSecret}`;
}

/** The secret that holds what files are signed out with. */
export const signingSecretName = ({ name }: Named): string => `${name}-signing-key`;

export const BUCKETS = ['uploads', 'files', 'site'] as const;

/** A name that says where the bucket is: all of AWS shares one space of names. */
export function bucketName({ name }: Named, bucket: (typeof BUCKETS)[number], account: string, region: string): string {
  return `${name}-${bucket}-${account}-${region}`;
}
