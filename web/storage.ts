const lasting = allowed();
/** What lasts, where the browser lets us keep anything; else as long as the page is open. */
export const storage: Storage = lasting ?? shortLived();
/** Whether what is kept is there after a reload. */
export const lasts: boolean = lasting !== undefined;

function allowed(): Storage | undefined {
  try {
    // To look at it is refused where storage is forbidden.
    return localStorage;
  } catch {
    return undefined;
  }
}

/** One that is gone with the page. Names are its own properties, as a browser's are. */
export function shortLived(): Storage {
  const shelf = Object.create({
    getItem: (name: string) => Reflect.get(shelf, name) ?? null,
    setItem: (name: string, value: string) => void Reflect.set(shelf, name, value),
    removeItem: (name: string) => void Reflect.deleteProperty(shelf, name),
  });
  return shelf;
}
