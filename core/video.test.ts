import { describe, expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { awaitsDispatch, cancelVideo, isUnwanted, markDispatched, receiveSource, Video } from './video.ts';

it('can be read as it was stored before there was a choice of dynamic range', () => {
  const { hdr, ...before } = aVideo();
  expect(hdr).toBe('sdr');
  expect(Video.parse(before).hdr).toBe('sdr');
  expect(Video.parse(aVideo({ hdr: 'keep' })).hdr).toBe('keep');
});

const at = new Date('2026-01-01T00:00:00Z');
const source = { key: 'uploads/x', size: 1, etag: 'e', checksum: null };
const arrived = receiveSource(aVideo(), source, at) as Video;
const ended = cancelVideo(arrived, at) as Video;

describe('a task', () => {
  it.each<[string, Video, boolean]>([
    ['whose source has not come', aVideo(), false],
    ['whose source has come', arrived, true],
    ['that was given out', { ...arrived, dispatched_attempt: 1 }, false],
    ['of another attempt', { ...arrived, dispatched_attempt: 1, attempt: 2 }, true],
    ['of a video that has ended', ended, false],
  ])('%s: whether it is to be given out', (_, video, expected) => {
    expect(awaitsDispatch(video)).toBe(expected);
    expect(markDispatched(video, at)).toMatchObject(
      expected ? { dispatched_attempt: video.attempt } : { reason: 'unchanged' },
    );
  });
});

it('takes one source, the first', () => {
  expect(receiveSource(arrived, { ...source, size: 2 }, at)).toMatchObject({ reason: 'unchanged' });
});

it('is cancelled as far as it has not ended, with all work on it', () => {
  const work = { plan: 'a'.repeat(32), chunks: 2, sound: false, released: 1, done: 0, announced: true };
  const completed = { ...arrived.processes.metadata_extraction, status: 'completed' as const };
  const processes = { ...arrived.processes, metadata_extraction: completed };
  expect(cancelVideo({ ...arrived, work, processes }, at)).toMatchObject({
    work: null,
    processes: { video_enhancement: { status: 'cancelled' }, metadata_extraction: { status: 'completed' } },
  });
  expect(cancelVideo(ended, at)).toMatchObject({ reason: 'finished' });
});

it('wants what it names, and whatever may come while it is in flight', () => {
  const object = (key: string) => ({ key, size: 1, etag: 'e' });
  const poster = { ...object('p'), content_type: 'image/jpeg', width: 1, height: 1, webp: object('p.webp') };
  const outputs = { metadata: object('m'), poster };
  const keys = ['m', 'p', 'p.webp', 'other'];
  const unwanted = (video: Video | undefined) => keys.filter((key) => isUnwanted(video, key));
  expect(unwanted({ ...arrived, outputs })).toEqual([]);
  expect(unwanted({ ...ended, outputs })).toEqual(['other']);
  expect(unwanted(undefined)).toEqual(keys);
});
