import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUDGETS, BUNDLE_NAMES, type BundleName, bundle, ROOT } from './bundle.ts';

const run = promisify(execFile);

describe('the bundles', () => {
  let folders: Record<BundleName, string>;
  beforeAll(async () => {
    folders = await bundle(BUNDLE_NAMES);
  }, 60_000);

  it.each(BUNDLE_NAMES)('%s is one file within its budget', async (name) => {
    expect(await readdir(folders[name])).toEqual(['index.mjs']);
    expect((await stat(join(folders[name], 'index.mjs'))).size).toBeLessThanOrEqual(BUDGETS[name]);
  });

  it.each(BUNDLE_NAMES)('%s starts by itself, as in Lambda, and has a handler', async (name) => {
    const script = 'import(process.argv[1]).then(({ handler }) => process.stdout.write(typeof handler))';
    // Far from this project's node_modules.
    const { stdout } = await run(process.execPath, ['-e', script, join(folders[name], 'index.mjs')], {
      cwd: tmpdir(),
      env: { ...LAMBDA, PATH: process.env.PATH },
    });
    expect(stdout).toBe('function');
  });
});

/** What Lambda and the stacks put into a function's environment. */
const LAMBDA = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_LAMBDA_FUNCTION_NAME: 'test',
  TABLE_NAME: 'table',
  UPLOADS_BUCKET: 'uploads',
  FILES_BUCKET: 'files',
  BROKER_URL: 'amqps://broker',
  BROKER_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker-AbCdEf',
  SIGNING_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:signing-AbCdEf',
  SOCKET_ENDPOINT: 'https://api.execute-api.eu-west-1.amazonaws.com/live',
  ALLOWED_ORIGINS: '*',
  MAX_UPLOAD_BYTES: '1000',
  DEPLOYMENT: 'reelight',
  SOURCE_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/sources',
};

describe('bundle', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'bundle-'));
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    await mkdir(join(root, 'lambdas', 'socket'), { recursive: true });
    await mkdir(join(root, 'core'));
    await put('core/answer.ts', `export const answer = 41;\nconsole.log('imported');`);
    await put('core/unused.ts', `import 'amqplib';\nexport const unused = 1;`);
    await put(
      'lambdas/socket/index.ts',
      `import { answer } from '../../core/answer.ts';\nimport { unused } from '../../core/unused.ts';
       export const handler = (): number => answer + 1;`,
    );
  });
  afterEach(() => rm(root, { recursive: true }));

  const put = (path: string, content: string) => writeFile(join(root, path), content);
  const make = async () => (await bundle(['socket'], root)).socket;
  const call = async (folder: string) => (await import(join(folder, 'index.mjs'))).handler();

  it('makes the same folder of the same sources, once', async () => {
    const folder = await make();
    const made = (await stat(folder)).mtimeMs;
    expect(await call(folder)).toBe(42);
    expect(await make()).toBe(folder);
    expect((await stat(folder)).mtimeMs).toBe(made);
  });

  it('makes another folder of other sources', async () => {
    const before = await make();
    await put('core/answer.ts', 'export const answer = 1;');
    const after = await make();
    expect(after).not.toBe(before);
    expect(await call(after)).toBe(2);
    expect(await call(before)).toBe(42);
  });

  it('survives being called twice at once', async () => {
    const [one, two] = await Promise.all([make(), make()]);
    expect(one).toBe(two);
    expect(await readdir(join(root, 'dist', 'functions'))).toHaveLength(1);
  });

  it('leaves out what is imported but not used', async () => {
    expect((await stat(join(await make(), 'index.mjs'))).size).toBeLessThan(1_000);
  });

  it('forgets bundles of older sources after a day', async () => {
    const [old, older] = [await make(), join(root, 'dist', 'functions', 'socket-0123456789abcdef')];
    await mkdir(older);
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    await utimes(older, twoDaysAgo, twoDaysAgo);
    await put('core/answer.ts', 'export const answer = 1;');
    const current = await make();
    expect(await readdir(join(root, 'dist', 'functions'))).toEqual(
      [old, current].map((path) => path.slice(path.lastIndexOf('/') + 1)).sort(),
    );
  });

  it('leaves nothing behind when a source is broken', async () => {
    await put('lambdas/socket/index.ts', `import './nowhere.ts';`);
    await expect(make()).rejects.toThrow('nowhere');
    expect(await readdir(join(root, 'dist', 'functions'))).toEqual([]);
  });
});
