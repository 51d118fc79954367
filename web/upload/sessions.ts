import type { UploadSession } from '../../client/index.ts';
import type { ProfileName } from '../../core/profiles/names.ts';

const PREFIX = 'reelight.upload.';

/** An upload that was begun, as it survives a reload. */
export interface KeptSession {
  name: string;
  size: number;
  profile: ProfileName;
  session: UploadSession;
}

/** The same file, as far as a browser can tell. */
export function sessionKey({ name, size, lastModified }: Pick<File, 'name' | 'size' | 'lastModified'>): string {
  return `${size}-${lastModified}-${name}`;
}

export function createSessions(storage: Storage) {
  return {
    get: (key: string): KeptSession | undefined => read(storage, PREFIX + key),
    put: (key: string, kept: KeptSession): void => {
      try {
        storage.setItem(PREFIX + key, JSON.stringify(kept));
      } catch {
        // Full or forbidden: then this upload cannot be continued after a reload, and works all the same.
      }
    },
    remove: (key: string): void => storage.removeItem(PREFIX + key),
    all: (): [string, KeptSession][] =>
      Object.keys(storage).flatMap((name) => {
        const kept = name.startsWith(PREFIX) ? read(storage, name) : undefined;
        return kept ? [[name.slice(PREFIX.length), kept] as [string, KeptSession]] : [];
      }),
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
  return (
    typeof kept === 'object' &&
    kept !== null &&
    'name' in kept &&
    'session' in kept &&
    typeof kept.session === 'object' &&
    kept.session !== null &&
    'file_id' in kept.session
  );
}
