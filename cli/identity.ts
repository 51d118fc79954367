import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientId } from '../core/video.ts';
import { whyNot } from './targets.ts';
import { UsageError } from './usage.ts';

/**
 * Who this command line is to servers: made up once and kept in `<home>/client-id`.
 *
 * @throws UsageError where it can be neither read nor kept
 */
export async function clientId(home: string): Promise<string> {
  const path = join(home, 'client-id');
  try {
    return await keptId(home, path);
  } catch (error) {
    const wrong = `${path}, which says who you are, cannot be read or kept: ${whyNot(error)}`;
    throw new UsageError([`${wrong}; choose another folder with REELIGHT_HOME`], { cause: error });
  }
}

async function keptId(home: string, path: string): Promise<string> {
  const known = await readId(path);
  if (known) return known;
  const made = `cli-${randomUUID()}`;
  await mkdir(home, { recursive: true });
  try {
    await writeFile(path, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Another command was faster, or what is there is damaged.
  const theirs = await readId(path);
  if (theirs) return theirs;
  await writeFile(path, `${made}\n`, { mode: 0o600 });
  return made;
}

async function readId(path: string): Promise<string | undefined> {
  try {
    return ClientId.safeParse((await readFile(path, 'utf8')).trim()).data;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
