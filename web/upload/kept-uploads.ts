import type { createSessions, KeptSession } from './sessions.ts';
import type { Wishes } from './wishes.ts';

/** What waits in line is copied up to here. Whatever is begun is, too, and those are few. */
export const COPIED_IN_LINE = 1024 ** 3;

/** Copies of files, as the browser keeps them. */
export interface FileCopies {
  /** Whether there is a copy now. */
  keepFile(key: string, file: File): Promise<boolean>;
  keptFile(key: string): Promise<File | undefined>;
  dropFile(key: string): Promise<void>;
}

/**
 * Uploads as they survive a reload: what is to become of each file, and a copy of it where there is room for one.
 *
 * @param lasts whether what `sessions` are written to is there after a reload
 */
export function keptUploads(sessions: ReturnType<typeof createSessions>, files: FileCopies, lasts: boolean) {
  const copies = new Map<string, { size: number; there: boolean }>();
  let last: number | undefined;
  const nextTurn = () => {
    last ??= sessions.all().at(-1)?.[1].turn ?? 0;
    return ++last;
  };
  const drop = async (key: string): Promise<void> => {
    sessions.remove(key);
    copies.delete(key);
    await files.dropFile(key);
  };

  return {
    get: sessions.get,
    all: sessions.all,

    /** From the moment a file is chosen, and again whenever more is known of its upload. */
    async keep(
      key: string,
      file: File,
      { profile, hdr, session }: Wishes & Pick<KeptSession, 'session'>,
    ): Promise<void> {
      const { name, size } = file;
      const turn = sessions.get(key)?.turn ?? nextTurn();
      const noted = sessions.put(key, { name, size, profile, hdr, turn, session });
      if (!noted || !lasts || copies.has(key)) return;
      const altogether = [...copies.values()].reduce((sum, copy) => sum + copy.size, size);
      if (!session && altogether > COPIED_IN_LINE) return;
      const copy = { size, there: false };
      copies.set(key, copy);
      copy.there = await files.keepFile(key, file);
      if (!copy.there && copies.get(key) === copy) copies.delete(key);
    },

    drop,

    /** Everything of whoever is here. Done when nothing of it is left. */
    async dropAll(): Promise<void> {
      await Promise.all(sessions.all().map(([key]) => drop(key)));
    },

    /** The file of an upload that a reload cut off. Undefined where it has to be chosen again. */
    async file(key: string): Promise<File | undefined> {
      const file = await files.keptFile(key);
      if (file) copies.set(key, { size: file.size, there: true });
      return file;
    },

    /** Whether a reload costs nothing: the upload goes on by itself. */
    isSafe: (key: string): boolean => copies.get(key)?.there === true,
  };
}
