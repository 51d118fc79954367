import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Behavior } from '../../infra/routes.ts';
import { ROUTES } from '../../infra/routes.ts';
import { climbs, match } from './match.ts';

const [any] = ROUTES;
if (!any) throw new Error('there are no routes');
const table = (...paths: string[]): Behavior[] => [...paths, '*'].map((path) => ({ ...any, path }));
const matched = (path: string, ...paths: string[]) => match(table(...paths), path).path;

it.each([
  ['/a/b', ['/a/*'], '/a/*'],
  ['/a/', ['/a/*'], '/a/*'],
  ['/a', ['/a/*'], '*'],
  ['/A/b', ['/a/*'], '*'],
  ['/a/b', ['/a/b', '/a/*'], '/a/b'],
  ['/a/b', ['/a/*', '/a/b'], '/a/*'],
  ['/a/b/c', ['/a/*/c'], '/a/*/c'],
  ['/a1', ['/a?'], '/a?'],
  ['/a', ['/a?'], '*'],
  ['/axb', ['/a.b'], '*'],
  ['/a\nb', ['/a*'], '/a*'],
  ['/%61/b', ['/a/*'], '/a/*'],
  ['/a%2Fb', ['/a/*'], '*'],
  ['/', ['/a/*'], '*'],
])('matches %j against %j: %s', (path, paths, expected) => {
  expect(matched(path, ...paths)).toBe(expected);
});

it('says so when the table has no end', () => {
  expect(() => match([], '/')).toThrow('"*"');
});

it.each([
  '/..',
  '/../a',
  '/a/../b',
  '/a/./b',
  '/a/..',
  '/a/%2e%2E/b',
  '/a/.%2e',
  '/a%2f..%2Fb',
  '/a\\..\\b',
  '/a%5C..',
])('sees that %s climbs', (path) => expect(climbs(path)).toBe(true));

it.each(['/', '/a..b', '/...', '/a/..b', '/.well-known', '/a.json', '//a', '/a%252e%252e'])('lets %s pass', (path) =>
  expect(climbs(path)).toBe(false),
);

it('lets no path pass that would resolve to another', () => {
  const piece = fc.constantFrom('/', '.', '%2e', '%2E', 'a', '%61', '%2f', '-');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const path = `/${pieces.join('')}`;
      const resolved = new URL(`http://host${path.replace(/^\/+/, '/')}`).pathname;
      if (resolved !== path.replace(/^\/+/, '/')) expect(climbs(path)).toBe(true);
    }),
  );
});
