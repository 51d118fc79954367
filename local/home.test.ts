import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeFrom, ROOT, readable } from './home.ts';

it('is .reelight in the repository unless REELIGHT_HOME names another folder', () => {
  expect(homeFrom({}).root).toBe(join(ROOT, '.reelight'));
  expect(homeFrom({ REELIGHT_HOME: 'elsewhere' }).root).toBe(join(ROOT, 'elsewhere'));
  expect(homeFrom({ REELIGHT_HOME: '/var/reelight' }).emulator.state).toBe('/var/reelight/emulator/state');
});

it('can use an environment that was made for another home', () => {
  expect(homeFrom({ REELIGHT_HOME: '/tmp/a', REELIGHT_VENV: '/tmp/b/venv' }).venv).toBe('/tmp/b/venv');
});

it('shows paths the short way', () => {
  expect(readable('/a/b/c/d.log', '/a/b')).toBe('c/d.log');
  expect(readable('/x/d.log', '/a/b')).toBe('/x/d.log');
  expect(readable('/a/b', '/a/b')).toBe('.');
});
