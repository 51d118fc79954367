import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NotFound,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { stackNames } from '../../infra/names.ts';
import {
  describeStacks,
  type Emulator,
  emulatorAt,
  outputsOf,
  removeLeftBuckets,
} from '../../local/deploy/emulator.ts';

/* What a deployment finds on an emulator, and leaves there. */

const outputs = inject('outputs');
const names = stackNames({ name: 'reelight' });
const here = () => emulatorAt(Number(new URL(process.env.AWS_ENDPOINT_URL ?? '').port));

describe('a deployed emulator', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await here();
  });

  it('has what was written down of it', async () => {
    expect(outputsOf(await describeStacks(emulator), Object.values(names))).toMatchObject(outputs);
  });

  it('serves the scripts of the documentation pages', async () => {
    const script = await emulator.s3.send(
      new GetObjectCommand({ Bucket: outputs.SiteBucket, Key: 'docs/assets/redoc.js' }),
    );
    expect(script.ContentType).toMatch(/^text\/javascript/);
    expect(script.CacheControl).toContain('max-age');
    expect((await script.Body?.transformToByteArray())?.length).toBe(script.ContentLength);
  });
});

describe('what an emulator that was killed left behind', () => {
  const bucket = `left-${randomUUID()}`;
  const exists = async ({ s3 }: Emulator) => {
    try {
      await s3.send(new HeadBucketCommand({ Bucket: bucket }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  };

  it('is removed, objects and all, unless a stack has it', async () => {
    const { s3 } = await here();
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'attempts/x', Body: 'x' }));

    const emulator = await here();
    const owner = (await describeStacks(emulator)).find(({ StackName }) => StackName === names.data);
    expect(await removeLeftBuckets(emulator, [bucket], owner)).toEqual([]);
    expect(await exists(emulator)).toBe(true);

    expect(await removeLeftBuckets(emulator, [bucket, 'never-there'], undefined)).toEqual([bucket]);
    expect(await exists(emulator)).toBe(false);
  });
});
