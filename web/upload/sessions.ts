import type { UploadRequested, UploadSession } from '../../client/index.ts';
import type { Wishes } from './wishes.ts';

const PREFIX = 'reelight.upload.';

/** An upload, from the moment its file is chosen, as it survives a reload. */
export interface KeptSession extends Wishes {
  name: string;
  size: number;
  /** Its place in the line: what has less came earlier. */
  turn?: number | undefined;
  /** What the server knows of it, or may know. Nothing while it waits in line. */
  session?: UploadSession | UploadRequested | undefined;
}

/** What the server calls it, once it has said so. */
export const fileIdOf = (session: KeptSession['session']): string | undefined =>
  session && 'file_id' in session ? session.file_id : undefined;

/**
 * The same file of the same person, as far as a browser can tell.
 *
 * @param owner whoever signed in; empty where nobody does
 */
export function sessionKey(owner: string, file: Pick<File, 'name' | 'size' | 'lastModified'>): string {
  const { name, size, lastModified } = file;
  return `${shelfOf(owner)}${size}-${lastModified}-${name}`;
}

const shelfOf = (owner: string): string => `${encodeURIComponent(owner)}/`;

/** @param owner whose there are: people who share a browser do not see, and do not send, each other's */
export function createSessions(storage: Storage, owner: () => string) {
  return {
    get: (key: string): KeptSession | undefined => read(storage, PREFIX + key),
    /** False where it is full or forbidden: then this upload cannot be continued after a reload, and works all the same. */
    put: (key: string, kept: KeptSession): boolean => {
      try {
        storage.setItem(PREFIX + key, JSON.stringify(kept));
        return true;
      } catch {
        return false;
      }
    },
    remove: (key: string): void => storage.removeItem(PREFIX + key),
    /** Theirs, in the order of the line. */
    all: (): [string, KeptSession][] =>
      Object.keys(storage)
        .flatMap((name) => {
          const kept = name.startsWith(PREFIX + shelfOf(owner())) ? read(storage, name) : undefined;
          return kept ? [[name.slice(PREFIX.length), kept] as [string, KeptSession]] : [];
        })
        .sort(([, a], [, b]) => (a.turn ?? 0) - (b.turn ?? 0)),
  };
}

function read(storage: Storage, name: string): KeptSession | undefined {
  try {
    const kept: unknown = JSON.parse(storage.getItem(name) ?? 'null');
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Somebody else's words under our name, or an older page's, are no session. */
function isKept(kept: unknown): kept is KeptSession {
  if (!isObject(kept) || typeof kept.name !== 'string' || typeof kept.size !== 'number') return false;
  const { session } = kept;
  return session === undefined || (isObject(session) && typeof session.idempotency_key === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
