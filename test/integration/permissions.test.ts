import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { asRole, type Clients, DENIED, outcome } from './roles.ts';

/* IAM is on: each role does its work, and is refused what it was not granted. */

const outputs = inject('outputs');
const put = (bucket: string, key: string) => new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'x' });
const get = (bucket: string, key: string) => new GetObjectCommand({ Bucket: bucket, Key: key });
const row = { pk: { S: 'VIDEO#none' }, sk: { S: 'VIDEO' } };

describe('the enhancer', () => {
  let role: Clients;
  beforeAll(async () => {
    role = await asRole(outputs.EnhancerRoleArn);
  });

  it('reads sources and records', async () => {
    expect(await outcome(role.s3.send(get(outputs.UploadsBucket, 'uploads/none')))).toBe('NoSuchKey');
    expect(await outcome(role.table.send(new GetItemCommand({ TableName: outputs.TableName, Key: row })))).toBe(
      'allowed',
    );
  });

  it('copies sources to where they are shown, and nowhere else', async () => {
    const files = s3ObjectStore(role.s3, outputs.FilesBucket);
    const copy = (to: string, source = { bucket: outputs.UploadsBucket, key: 'uploads/none' }) =>
      files.copyFrom({ ...source, size: 1, etag: '"x"' }, to, { contentType: 'video/mp4' }, { absent: true });
    await expect(copy('source_videos/none')).rejects.toMatchObject({ code: 'object_gone' });
    expect(await outcome(copy('metadata/none'))).toMatch(DENIED);
    expect(await outcome(copy('source_videos/none', { bucket: outputs.SiteBucket, key: 'index.html' }))).toMatch(
      DENIED,
    );
  });

  it('may not write sources, scan the table, write outside its outputs, or call functions', async () => {
    expect(await outcome(role.s3.send(put(outputs.UploadsBucket, 'uploads/x')))).toMatch(DENIED);
    expect(await outcome(role.table.send(new ScanCommand({ TableName: outputs.TableName })))).toMatch(DENIED);
    expect(await outcome(role.s3.send(put(outputs.FilesBucket, 'metadata/x.json')))).toMatch(DENIED);
    expect(await outcome(role.s3.send(put(outputs.SiteBucket, 'docs/assets/x.js')))).toMatch(DENIED);
    expect(await outcome(role.s3.send(new ListBucketsCommand({})))).toMatch(DENIED);
    const invoke = new InvokeCommand({ FunctionName: outputs.MetadataFunctionName });
    expect(await outcome(role.lambda.send(invoke))).toMatch(DENIED);
  });
});

describe('the edge', () => {
  let role: Clients;
  beforeAll(async () => {
    role = await asRole(outputs.EdgeRoleArn);
  });

  it('reads what is public', async () => {
    for (const folder of ['processed_videos', 'metadata', 'source_videos', 'posters']) {
      expect(await outcome(role.s3.send(get(outputs.FilesBucket, `${folder}/none`)))).toBe('NoSuchKey');
    }
  });

  it('may not read sources, what workers staged, or records, nor write anything', async () => {
    expect(await outcome(role.s3.send(get(outputs.UploadsBucket, 'uploads/none')))).toMatch(DENIED);
    expect(await outcome(role.s3.send(get(outputs.FilesBucket, 'attempts/none')))).toMatch(DENIED);
    expect(await outcome(role.s3.send(put(outputs.FilesBucket, 'processed_videos/x')))).toMatch(DENIED);
    const read = new GetItemCommand({ TableName: outputs.TableName, Key: row });
    expect(await outcome(role.table.send(read))).toMatch(DENIED);
  });
});

describe('the bridge', () => {
  let role: Clients;
  beforeAll(async () => {
    role = await asRole(outputs.BridgeRoleArn);
  });

  it('may call its function and no other, and touch no data', async () => {
    const other = new InvokeCommand({ FunctionName: 'reelight-api' });
    expect(await outcome(role.lambda.send(other))).toMatch(DENIED);
    expect(await outcome(role.s3.send(get(outputs.UploadsBucket, 'uploads/none')))).toMatch(DENIED);
    const stranger = new GetSecretValueCommand({ SecretId: 'somebody-elses' });
    expect(await outcome(role.secrets.send(stranger))).toMatch(DENIED);
  });
});
