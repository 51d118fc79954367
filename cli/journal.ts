import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { UploadSession } from '../client/index.ts';
import { FileId } from '../core/video.ts';
import type { Source } from './sources.ts';

/** Servers have forgotten unfinished uploads by then. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

const Session = z.object({
  file_id: FileId,
  idempotency_key: z.string(),
  upload: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('single') }),
    z.object({ kind: z.literal('multipart'), part_size: z.int().min(1), part_count: z.int().min(1) }),
  ]),
}) satisfies z.ZodType<UploadSession>;

/** What was begun and is not finished, so that the same command given again goes on with it. */
export interface Journal {
  find(key: string): Promise<UploadSession | undefined>;
  keep(key: string, session: UploadSession): Promise<void>;
  forget(key: string): Promise<void>;
}

/** One work: this file as it is now, on this server, with this profile. */
export function journalKey({ real, size, mtimeMs }: Source, server: string, profile: string): string {
  return createHash('sha256')
    .update(JSON.stringify([real, size, mtimeMs, server, profile]))
    .digest('hex');
}

/** Keeps a small file for each work in `<home>/uploads`: commands that run side by side never touch another's. */
export async function openJournal(home: string): Promise<Journal> {
  const folder = join(home, 'uploads');
  const fileOf = (key: string) => join(folder, `${key}.json`);
  await mkdir(folder, { recursive: true });
  await forgetOld(folder);
  return {
    async find(key) {
      try {
        return Session.safeParse(JSON.parse(await readFile(fileOf(key), 'utf8'))).data;
      } catch {
        // None, or damaged: then the work begins anew.
        return undefined;
      }
    },
    async keep(key, session) {
      const aside = `${fileOf(key)}.${process.pid}.new`;
      await writeFile(aside, JSON.stringify(session), { mode: 0o600 });
      await rename(aside, fileOf(key));
    },
    forget: (key) => rm(fileOf(key), { force: true }),
  };
}

async function forgetOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another command may be tidying up as well.
    const { mtimeMs = Number.POSITIVE_INFINITY } = await stat(path).catch(() => ({}) as { mtimeMs?: number });
    if (Date.now() - mtimeMs > FORGET_AFTER_MS) await rm(path, { force: true });
  }
}
