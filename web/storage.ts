/** What lasts, where the browser lets us keep anything; else as long as the page is open. */
export const storage: Storage = lasting();

function lasting(): Storage {
  try {
    // To look at it is refused where storage is forbidden.
    return localStorage;
  } catch {
    const shelf = Object.create({
      getItem: (name: string) => Reflect.get(shelf, name) ?? null,
      setItem: (name: string, value: string) => void Reflect.set(shelf, name, value),
      removeItem: (name: string) => void Reflect.deleteProperty(shelf, name),
    });
    return shelf;
  }
}
