import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ALLOWED, notices } from './notices.ts';
import { type Shipped, shippedPackages } from './shipped.ts';

const root = resolve(import.meta.dirname, '..', '..');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
let shipped: Shipped[];
beforeAll(async () => {
  shipped = await shippedPackages();
}, 120_000);

it('THIRD_PARTY_NOTICES.md says what is shipped today (npm run notices writes it)', () => {
  expect(readFileSync(join(root, 'THIRD_PARTY_NOTICES.md'), 'utf8')).toBe(notices(shipped));
});

it('finds packages of functions, worker, page and documentation', () => {
  const names = shipped.map(({ name }) => name);
  for (const name of [
    '@aws-sdk/client-dynamodb',
    'hono',
    '@techstark/opencv-js',
    'amqplib',
    'preact',
    'redoc',
    'dompurify',
  ]) {
    expect(names).toContain(name);
  }
  for (const name of ['vitest', 'esbuild', 'aws-cdk-lib', 'playwright-core', 'ffmpeg-static']) {
    expect(names).not.toContain(name);
  }
});

it('ships nothing whose licence asks for more than to be named', () => {
  expect(shipped.filter(({ licence }) => !ALLOWED.includes(licence))).toEqual([]);
});

it('ships nothing that package.json does not count as a dependency of production', () => {
  const lock: Record<string, { dev?: boolean; devOptional?: boolean }> = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ).packages;
  const forDevelopment = shipped.filter(({ folder }) => lock[folder]?.dev || lock[folder]?.devOptional);
  expect(forDevelopment.map(({ name }) => name)).toEqual([]);
  expect(Object.keys(dependencies).length).toBeGreaterThan(10);
});
