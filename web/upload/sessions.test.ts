import { expect, it } from 'vitest';
import { shelf as storage } from '../testing/shelf.ts';
import { createSessions, fileIdOf, type KeptSession, sessionKey } from './sessions.ts';

const KEPT: KeptSession = {
  name: 'a.mp4',
  size: 5,
  profile: 'adaptive',
  hdr: 'sdr',
  session: { file_id: 'id', idempotency_key: 'key', upload: { kind: 'single' } },
};

/** Where nobody signs in. */
const nobody = () => '';

it('keeps what was begun until it is done', () => {
  const sessions = createSessions(storage(), nobody);
  sessions.put('/k', KEPT);
  expect(sessions.get('/k')).toEqual(KEPT);
  expect(sessions.all()).toEqual([['/k', KEPT]]);
  sessions.remove('/k');
  expect(sessions.all()).toEqual([]);
});

it('keeps what waits in line, and what was asked for and not answered', () => {
  const sessions = createSessions(storage(), nobody);
  const { session: _, ...waiting } = KEPT;
  const asked = { ...KEPT, session: { idempotency_key: 'key' } };
  expect(sessions.put('/w', waiting)).toBe(true);
  sessions.put('/a', asked);
  expect(sessions.all()).toEqual([
    ['/w', waiting],
    ['/a', asked],
  ]);
  expect([undefined, asked.session, KEPT.session].map(fileIdOf)).toEqual([undefined, undefined, 'id']);
});

it('takes nothing else for a session', () => {
  const shelf = storage();
  shelf.setItem('reelight.client_id', 'me');
  shelf.setItem('reelight.upload./broken', '{');
  shelf.setItem('reelight.upload./other', '{"name":"a"}');
  shelf.setItem('reelight.upload./others', '{"name":"a","size":5,"session":{}}');
  expect(createSessions(shelf, nobody).all()).toEqual([]);
});

it('does without a storage that is full', () => {
  const sessions = createSessions(storage(true), nobody);
  expect(sessions.put('/k', KEPT)).toBe(false);
  expect(sessions.get('/k')).toBeUndefined();
});

it('tells people apart, whatever they are called', () => {
  const shelf = storage();
  const file = { name: 'a.mp4', size: 5, lastModified: 7 };
  const people = ['', 'ana', 'ana/5-7', 'a/b', '%2F'];
  for (const owner of people) createSessions(shelf, () => owner).put(sessionKey(owner, file), KEPT);
  for (const owner of people) {
    expect(createSessions(shelf, () => owner).all()).toEqual([[sessionKey(owner, file), KEPT]]);
  }
});

it('tells files apart that differ in name, length or age', () => {
  const file = { name: 'a.mp4', size: 5, lastModified: 7 };
  const keys = [file, { ...file, name: 'b.mp4' }, { ...file, size: 6 }, { ...file, lastModified: 8 }].map((each) =>
    sessionKey('', each),
  );
  expect(new Set(keys).size).toBe(4);
});
