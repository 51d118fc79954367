import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf, isAlive } from '../local/setup/lock.mjs';

const User = z.object({ pid: z.int(), started: z.string().nullable() });

/** The commands that use this machine's Reelight now, so that the one that started it does not stop it under others. */
export interface Users {
  /** Whether another command that still runs uses it. */
  others(): boolean;
  release(): void;
}

/** Makes known that this process uses it. Processes that died are not counted. */
export function announceUse(run: string): Users {
  const folder = join(run, 'users');
  const own = `${process.pid}.json`;
  mkdirSync(folder, { recursive: true });
  // Aside first: nobody is to read half of it.
  writeFileSync(join(folder, `${own}.new`), JSON.stringify(identityOf()));
  renameSync(join(folder, `${own}.new`), join(folder, own));
  return {
    others: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.json') && name !== own)
        .some((name) => isUsed(join(folder, name))),
    release: () => rmSync(join(folder, own), { force: true }),
  };
}

function isUsed(path: string): boolean {
  try {
    const user = User.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (user.success && isAlive(user.data)) return true;
  } catch {
    // It ended just now.
  }
  rmSync(path, { force: true });
  return false;
}
