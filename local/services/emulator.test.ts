import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homeFrom } from '../home.ts';
import { portsFrom } from '../ports.ts';
import { emulatorEnvironment, rewindStreams } from './emulator.ts';

describe('emulatorEnvironment', () => {
  const env = { PATH: '/usr/bin', HOME: '/home/person', AWS_SECRET_ACCESS_KEY: 'own', NODE_OPTIONS: '--inspect' };
  const made = emulatorEnvironment({ home: homeFrom({ REELIGHT_HOME: '/h' }), ports: portsFrom({}), env });

  it('enforces IAM, listens on loopback, and keeps everything in the home', () => {
    expect(made).toMatchObject({ AUTH: 'true', BIND_HOST: '127.0.0.1', GATEWAY_PORT: '4566', PERSIST_STATE: '1' });
    for (const key of ['HOME', 'TMPDIR', 'STATE_DIR', 'S3_DATA_DIR']) expect(made[key]).toMatch(/^\/h\/emulator/);
  });

  it('gives emulated functions nothing of the person’s', () => {
    expect(JSON.stringify(made)).not.toMatch(/own|inspect|\/home\/person/);
  });

  it('runs them on the Node of this project', () => {
    expect(made.PATH?.split(':')[0]).toMatch(/node_modules\/\.bin$/);
  });
});

describe('rewindStreams', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reelight-state-'));
    file = join(folder, 'lambda.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('sets every position in a stream back and nothing else', () => {
    const state = (at: number) => ({
      __ministack_format__: 2,
      payload: {
        functions: { data: { f: 1 } },
        dynamodb_stream_positions: { __account_region_scoped__: true, data: { 'a\0r\0"m"': at } },
      },
    });
    writeFileSync(file, JSON.stringify(state(17)));
    rewindStreams(file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(state(0));
  });

  it('leaves alone what it does not know', () => {
    rewindStreams(file);
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '{"other":1}');
    rewindStreams(file);
    expect(readFileSync(file, 'utf8')).toBe('{"other":1}');
  });
});
