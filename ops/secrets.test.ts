import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, it } from 'vitest';

/* No secret in what is committed: Secretlint's recommended rules (AWS, GitHub, npm, Slack, private keys, …) over all of it. */

const root = resolve(import.meta.dirname, '..');
/** Nothing to read in them. */
const BINARY = new Set(['.mp4', '.jpg', '.png', '.webp']);

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && !BINARY.has(extname(path)));

async function secretsIn(path: string, content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { content, filePath: join(root, path), ext: extname(path), contentType: 'text' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] },
    },
  });
  return messages.map(({ ruleId, loc }) => `${path}:${loc.start.line} ${ruleId}`);
}

it('finds none in any tracked file', { timeout: 120_000 }, async () => {
  expect(tracked.length).toBeGreaterThan(500);
  const found: string[] = [];
  for (const path of tracked) {
    // Deleted, but not committed yet.
    const content = (() => {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return '';
      }
    })();
    found.push(...(await secretsIn(path, content)));
  }
  expect(found).toEqual([]);
});

// Put together here, or this file would not pass.
it.each([
  ['an AWS key', `AWS_SECRET_ACCESS_KEY = ${'wJalrXUtnFEMI/K7MDENG/bPxRfiCY'}${'q9w8e7r6t5'}`],
  [
    'a private key',
    `-----BEGIN ${'RSA'} PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(20)}\n-----END RSA PRIVATE KEY-----`,
  ],
  ['a GitHub token', `token: ${'ghp_'}${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`],
])('would find %s', async (_, content) => {
  expect(await secretsIn('config.ts', content)).not.toEqual([]);
});
