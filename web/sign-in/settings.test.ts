import { expect, it } from 'vitest';

const { settingsIn } = await (async () => {
  // The page reads itself when it is loaded.
  Object.assign(globalThis, { document: { querySelector: () => null } });
  return import('./settings.ts');
})();

const from = (values: Record<string, string>) => settingsIn((name) => values[name] ?? '');

it('has who signs people in, and what tokens are for where it is not the page', () => {
  const issuer = 'https://issuer.example/pool';
  expect(from({ issuer, client: 'page', audience: 'page' })).toEqual({ issuer, clientId: 'page', audience: undefined });
  expect(from({ issuer, client: 'page', audience: 'api' })).toEqual({ issuer, clientId: 'page', audience: 'api' });
});

it('has nobody where nobody is named, or nothing was deployed', () => {
  expect(from({})).toBeUndefined();
  expect(from({ issuer: '', client: '', audience: '' })).toBeUndefined();
  expect(from({ issuer: 'https://issuer.invalid', client: 'client.invalid' })).toBeUndefined();
});
