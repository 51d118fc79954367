import { beforeEach, describe, expect, it } from 'vitest';
import { memoryVideoStore } from '../adapters/memory/index.ts';
import { aVideo } from '../test/a-video.ts';
import { aClock } from '../test/twins.ts';
import type { VideoStore } from './ports/video-store.ts';
import type { Video } from './video.ts';
import { videosOf } from './videos-of.ts';

/* Another's video is not there, by whatever way one asks. */

const [theirs, own] = ['5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11', '6f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11'];
const piece = (file_id: string) => ({ file_id, plan: 'a'.repeat(32), name: 'sound' });
const anas = { owner: 'ana', client_id: 'somebody' };

let all: VideoStore;
let bens: VideoStore;
let before: Video;
beforeEach(async () => {
  all = memoryVideoStore(aClock().now);
  bens = videosOf('ben', all);
  before = await all.create(aVideo({ file_id: theirs, owner: 'ana' }));
  await all.changePiece(piece(theirs), (record) => ({ ...record, piece: { ...record.piece } }));
  await bens.create(aVideo({ file_id: own, owner: 'ana' }));
});

const mustNot = () => {
  throw new Error('must not be asked');
};

describe('another’s video', () => {
  it('is not there to be read', async () => {
    expect(await bens.get(theirs)).toBeUndefined();
    expect(await bens.pieces(theirs)).toEqual([]);
    expect((await bens.list(anas, { limit: 10 })).videos).toEqual([]);
    expect((await bens.list({ owner: 'ana' }, { limit: 10 })).videos).toEqual([]);
    expect(await bens.recent(anas, new Date(0))).toEqual([]);
    for await (const { file_id } of bens.watched()) expect(file_id).toBe(own);
  });

  it('is not there to be changed or removed', async () => {
    expect(await bens.change(theirs, mustNot)).toMatchObject({ reason: 'gone' });
    expect(await bens.changePiece(piece(theirs), mustNot)).toMatchObject({ reason: 'gone' });
    await bens.removePieces(theirs, 9);
    await bens.unwatch({ file_id: theirs, attempt: 1 });
    await bens.remove(before);
    expect(await all.get(theirs)).toEqual(before);
    expect(await all.pieces(theirs)).toHaveLength(1);
    const watched = [];
    for await (const { file_id } of all.watched()) watched.push(file_id);
    expect(watched).toContain(theirs);
  });
});

describe('one’s own', () => {
  it('is one’s own, whatever it says, and there', async () => {
    const video = await bens.get(own);
    expect(video).toMatchObject({ owner: 'ben' });
    expect((await bens.list({ owner: 'ben' }, { limit: 10 })).videos).toEqual([video]);
    expect(await bens.recent({ ...anas, owner: 'ben' }, new Date(0))).toEqual([video]);
    expect(await bens.change(own, (current) => ({ ...current, attempt: 2 }))).toMatchObject({ attempt: 2 });
    expect(await bens.changePiece(piece(own), (record) => ({ ...record, piece: { ...record.piece } }))).toMatchObject({
      piece: { name: 'sound' },
    });
    expect(await bens.pieces(own)).toHaveLength(1);
    await bens.removePieces(own, 2);
    expect(await bens.pieces(own)).toEqual([]);
    await bens.unwatch({ file_id: own, attempt: 2 });
    for await (const { file_id } of bens.watched()) throw new Error(`${file_id} is still watched`);
    await bens.remove({ ...before, file_id: own, owner: 'ben' });
    expect(await all.get(own)).toBeUndefined();
  });
});
