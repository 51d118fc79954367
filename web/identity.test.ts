import { expect, it } from 'vitest';
import { CLIENT_ID } from '../core/video.ts';
import { clientIdIn } from './identity.ts';

function shelf(value: string | null = null) {
  return {
    getItem: () => value,
    setItem: (_: string, next: string) => {
      value = next;
    },
  };
}

it('chooses a name that the server takes, and keeps it', () => {
  const storage = shelf();
  const name = clientIdIn(storage);
  expect(name).toMatch(CLIENT_ID);
  expect(clientIdIn(storage)).toBe(name);
});

it('chooses anew where the name is none, and does without a storage', () => {
  expect(clientIdIn(shelf('no name'))).toMatch(CLIENT_ID);
  const forbidden = {
    getItem: () => {
      throw new Error('SecurityError');
    },
    setItem: () => {},
  };
  expect(clientIdIn(forbidden)).toMatch(CLIENT_ID);
});
