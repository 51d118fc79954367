import { shortLived } from '../storage.ts';

/** A storage as a browser's, which may be full. */
export function shelf(full = false): Storage {
  const made = shortLived();
  if (full) {
    Object.getPrototypeOf(made).setItem = () => {
      throw new Error('QuotaExceededError');
    };
  }
  return made;
}
