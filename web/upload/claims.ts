/** Uploads of one browser belong to one of its tabs at a time: two that resume the same one would send all of it twice. */
const releases = new Map<string, () => void>();

/** Takes the upload for this tab. False while another has it; where the browser has no locks, everyone may. */
export function claim(key: string): Promise<boolean> {
  return take(key, { ifAvailable: true });
}

/** Takes it once nobody else has it, which may be never. */
export async function claimInTurn(key: string): Promise<void> {
  await take(key, {});
}

function take(key: string, options: LockOptions): Promise<boolean> {
  if (!('locks' in navigator) || releases.has(key)) return Promise.resolve(true);
  return new Promise((answer) => {
    void navigator.locks.request(`reelight.upload.${key}`, options, (lock) => {
      answer(lock !== null);
      // Held until it is released, or the tab is closed.
      return lock && new Promise<void>((release) => releases.set(key, release));
    });
  });
}

export function release(key: string): void {
  releases.get(key)?.();
  releases.delete(key);
}
