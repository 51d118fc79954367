import { expect, it } from 'vitest';
import { createSessions, type KeptSession, sessionKey } from './sessions.ts';

/** As a browser's: names are its own properties. */
function storage(full = false): Storage {
  const shelf = Object.create({
    getItem: (name: string) => Reflect.get(shelf, name) ?? null,
    setItem: (name: string, value: string) => {
      if (full) throw new Error('QuotaExceededError');
      Reflect.set(shelf, name, value);
    },
    removeItem: (name: string) => void Reflect.deleteProperty(shelf, name),
  });
  return shelf;
}
const KEPT: KeptSession = {
  name: 'a.mp4',
  size: 5,
  profile: 'adaptive',
  session: { file_id: 'id', idempotency_key: 'key', upload: { kind: 'single' } },
};

it('keeps what was begun until it is done', () => {
  const sessions = createSessions(storage());
  sessions.put('k', KEPT);
  expect(sessions.get('k')).toEqual(KEPT);
  expect(sessions.all()).toEqual([['k', KEPT]]);
  sessions.remove('k');
  expect(sessions.all()).toEqual([]);
});

it('takes nothing else for a session', () => {
  const shelf = storage();
  shelf.setItem('reelight.client_id', 'me');
  shelf.setItem('reelight.upload.broken', '{');
  shelf.setItem('reelight.upload.other', '{"name":"a"}');
  expect(createSessions(shelf).all()).toEqual([]);
});

it('does without a storage that is full', () => {
  const sessions = createSessions(storage(true));
  sessions.put('k', KEPT);
  expect(sessions.get('k')).toBeUndefined();
});

it('tells files apart that differ in name, length or age', () => {
  const file = { name: 'a.mp4', size: 5, lastModified: 7 };
  const keys = [file, { ...file, name: 'b.mp4' }, { ...file, size: 6 }, { ...file, lastModified: 8 }].map(sessionKey);
  expect(new Set(keys).size).toBe(4);
});
