const KEY = 'reelight.client_id';
/** What the server takes for a name (core/video.ts, CLIENT_ID). */
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** Whether nobody has been here before with this browser: then there can be no videos, and none are waited for. */
export function isNewcomerTo(storage: Pick<Storage, 'getItem'>): boolean {
  try {
    return storage.getItem(KEY) === null;
  } catch {
    return true;
  }
}

/** Who this browser is to the server: chosen once, kept as long as the browser keeps anything. */
export function clientIdIn(storage: Pick<Storage, 'getItem' | 'setItem'>): string {
  try {
    const known = storage.getItem(KEY);
    if (known && NAME.test(known)) return known;
    const chosen = `web-${crypto.randomUUID()}`;
    storage.setItem(KEY, chosen);
    return chosen;
  } catch {
    // Storage may be forbidden: then the library lasts as long as the page is open.
    return `web-${crypto.randomUUID()}`;
  }
}
