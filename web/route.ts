import { computed, signal } from '@preact/signals';

/** Where one is. In the fragment, as `/videos` and its like are the API's. */
export type Route = { view: 'library' } | { view: 'video'; fileId: string };

const fragment = signal(location.hash);
addEventListener('hashchange', () => {
  fragment.value = location.hash;
});

export function routeOf(hash: string): Route {
  const fileId = /^#\/videos\/([0-9a-f-]{36})$/.exec(hash)?.[1];
  return fileId ? { view: 'video', fileId } : { view: 'library' };
}

export const route = computed<Route>(() => routeOf(fragment.value));

/** Back to where one was before the browser left for another page, which shows in the address as that page left it. */
export function returnTo(hash: string): void {
  history.replaceState(null, '', `/${hash}`);
  fragment.value = location.hash;
}

export const LIBRARY = '#/';
export const videoLink = (fileId: string): string => `#/videos/${fileId}`;
