import { expect, it } from 'vitest';
import { isInstalled } from './npm.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/hono': { version: '4.13.19' },
    'node_modules/@esbuild/darwin-arm64': { version: '0.28.2', optional: true },
  },
};

it('is satisfied without packages that are for other systems', () => {
  expect(isInstalled(lock, { packages: { 'node_modules/hono': { version: '4.13.19' } } })).toBe(true);
});

it.each([
  ['missing', {}],
  ['of another version', { 'node_modules/hono': { version: '4.13.18' } }],
  [
    'optional, but of another version',
    { 'node_modules/hono': { version: '4.13.19' }, 'node_modules/@esbuild/darwin-arm64': { version: '0.28.1' } },
  ],
])('is not when a package is %s', (_, packages) => {
  expect(isInstalled(lock, { packages })).toBe(false);
});
