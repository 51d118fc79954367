/*
 * Files being uploaded, kept in IndexedDB, so that an upload goes on by itself after a reload. The browser copies what
 * is kept, so this is for files of moderate size; larger ones have to be chosen again, and go on where they were.
 */

const KEEP_UP_TO = 256 * 1024 * 1024;
const STORE = 'files';

/** Whether there is a copy of it now. */
export async function keepFile(key: string, file: File): Promise<boolean> {
  if (file.size > KEEP_UP_TO) return false;
  return (await inStore('readwrite', (store) => store.put(file, key))) !== undefined;
}

export async function dropFile(key: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(key));
}

export async function keptFile(key: string): Promise<File | undefined> {
  const file = await inStore<unknown>('readonly', (store) => store.get(key));
  return file instanceof File ? file : undefined;
}

/** Answers undefined where the browser keeps nothing: a private window, a full disk. */
async function inStore<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const database = await opened();
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    return request.result;
  } catch {
    return undefined;
  }
}

let opening: Promise<IDBDatabase> | undefined;
function opened(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('reelight', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}
