import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, isAlive, tryLock } from './lock.mjs';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelight-lock-'));
  path = join(folder, 'run', 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that has ended. */
async function dead() {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  const identity = identityOf(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

describe('isAlive', () => {
  it('knows a running process', () => expect(isAlive(identityOf())).toBe(true));

  it('knows one that has ended', async () => expect(isAlive(await dead())).toBe(false));

  it('tells a process from an earlier one that had its number', () => {
    expect(isAlive({ pid: process.pid, started: 'long ago' })).toBe(false);
  });
});

describe('tryLock', () => {
  it('names the holder to everybody else, until it is released', () => {
    const lock = tryLock(path);
    expect(tryLock(path)).toEqual({ holder: identityOf() });
    if ('release' in lock) lock.release();
    expect(tryLock(path)).toHaveProperty('release');
  });

  it('takes over from a holder that died', async () => {
    const first = tryLock(path);
    if ('release' in first) first.release();
    writeFileSync(path, JSON.stringify(await dead()));
    expect(tryLock(path)).toHaveProperty('release');
  });

  it('takes over a damaged file', () => {
    const first = tryLock(path);
    if ('release' in first) first.release();
    writeFileSync(path, '{"pid":');
    expect(tryLock(path)).toHaveProperty('release');
  });

  it('leaves nothing else behind', () => {
    tryLock(path);
    tryLock(path);
    expect(readdirSync(join(folder, 'run'))).toEqual(['a.lock']);
  });
});
