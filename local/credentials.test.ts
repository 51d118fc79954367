import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsConfig, brokerCredentials } from './credentials.ts';
import { type Home, homeFrom } from './home.ts';

let home: Home;
beforeEach(() => {
  home = homeFrom({ REELIGHT_HOME: mkdtempSync(join(tmpdir(), 'reelight-home-')) });
});
afterEach(() => rmSync(home.root, { recursive: true }));

describe('brokerCredentials', () => {
  it('are made once, and only their owner can read them', () => {
    const first = brokerCredentials(home);
    expect(first.password).toMatch(/^[\w-]{32}$/);
    expect(brokerCredentials(home)).toEqual(first);
    expect(statSync(home.brokerCredentials).mode & 0o777).toBe(0o600);
    expect(readdirSync(home.root)).toHaveLength(1);
  });

  it('are different in every home', () => {
    const other = homeFrom({ REELIGHT_HOME: join(home.root, 'other') });
    expect(brokerCredentials(other).password).not.toBe(brokerCredentials(home).password);
  });

  it.each(['', '{"username":"reelight"', '{"username":"reelight"}'])(
    'that are damaged (%j) are not replaced',
    (text) => {
      writeFileSync(home.brokerCredentials, text);
      expect(() => brokerCredentials(home)).toThrow(expect.objectContaining({ code: 'bad_setting' }));
    },
  );
});

it('awsConfig gives each service its own role and nothing else', () => {
  const roles = { EnhancerRoleArn: 'arn:e', BridgeRoleArn: 'arn:b', EdgeRoleArn: 'arn:d', OperatorRoleArn: 'arn:o' };
  const profiles = awsConfig(roles).split(/^\[profile /m);
  for (const [name, arn] of [
    ['enhancer', 'arn:e'],
    ['bridge', 'arn:b'],
    ['edge', 'arn:d'],
    ['operator', 'arn:o'],
  ]) {
    const profile = profiles.find((text) => text.startsWith(`${name}]`));
    expect(profile).toContain(`role_arn = ${arn}\nsource_profile = root\n`);
    expect(profile).not.toContain('secret');
  }
});
