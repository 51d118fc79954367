import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from '../local/setup/lock.mjs';
import { workshop } from './testing/world.ts';
import { announceUse } from './users.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.remove());

test('another command counts until it ends, however it ends', async () => {
  const users = announceUse(shop.folder);
  expect(users.others()).toBe(false);
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  await once(other, 'spawn');
  writeFileSync(shop.at('users', `${other.pid}.json`), JSON.stringify(identityOf(other.pid)));
  expect(users.others()).toBe(true);
  other.kill('SIGKILL');
  await once(other, 'close');
  expect(users.others()).toBe(false);
  expect(readdirSync(shop.at('users'))).toEqual([`${process.pid}.json`]);
});

test('a number that another process has by now, and a damaged file, are nobody', () => {
  const users = announceUse(shop.folder);
  writeFileSync(shop.at('users', '1.json'), JSON.stringify({ ...identityOf(process.ppid), started: 'long ago' }));
  writeFileSync(shop.at('users', '2.json'), '{');
  expect(users.others()).toBe(false);
  users.release();
  expect(readdirSync(shop.at('users'))).toEqual([]);
});
