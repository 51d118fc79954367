import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { belongsInSnapshot, noticesOf, snapshotOf } from './notices.ts';
import { advance, claim } from './process.ts';
import { cancelVideo, changeProcess, markDispatched, receiveSource, type Video } from './video.ts';

const now = new Date('2026-01-01T00:00:01Z');
const source = { key: 'uploads/x', size: 10, etag: '"e"', checksum: null };
const uploaded = { ...(receiveSource(aVideo(), source, now) as Video), seq: 2 };

it('tells that an upload is whole, once', () => {
  expect(noticesOf(aVideo(), uploaded)).toEqual([
    {
      type: 'upload_status',
      timestamp: now.toISOString(),
      file_id: uploaded.file_id,
      seq: 2,
      status: 'uploaded',
      message: 'Video uploaded successfully',
    },
  ]);
  expect(noticesOf(uploaded, markDispatched(uploaded, now) as Video)).toEqual([]);
});

it('tells of the process that changed, and only of it', () => {
  const claimed = changeProcess(uploaded, 'metadata_extraction', (process) => claim(process, 'w', now), now) as Video;
  expect(noticesOf(uploaded, { ...claimed, seq: 3 })).toMatchObject([
    {
      type: 'status_update',
      process_type: 'metadata_extraction',
      status: 'processing',
      progress: 0,
      error: null,
      seq: 3,
    },
  ]);
});

it('tells how far it has come', () => {
  const claimed = changeProcess(uploaded, 'video_enhancement', (process) => claim(process, 'w', now), now) as Video;
  const further = changeProcess(claimed, 'video_enhancement', (process) => advance(process, 1, 40, now), now) as Video;
  expect(noticesOf(claimed, further)).toMatchObject([{ process_type: 'video_enhancement', progress: 40 }]);
});

it('shows whoever connects what is in flight, however long, and what changed since', () => {
  const since = new Date(now.getTime() + 1);
  const ended = cancelVideo(uploaded, now) as Video;
  expect([uploaded, ended].map((video) => belongsInSnapshot(video, since))).toEqual([true, false]);
  expect(belongsInSnapshot(ended, now)).toBe(true);
});

it('does not tell of a renewed lease', () => {
  const claimed = changeProcess(uploaded, 'video_enhancement', (process) => claim(process, 'w', now), now) as Video;
  const renewed = structuredClone(claimed);
  renewed.processes.video_enhancement.last_updated = new Date(now.getTime() + 1000).toISOString();
  expect(noticesOf(claimed, renewed)).toEqual([]);
});

it('tells of both processes when a video is cancelled, and in a snapshot', () => {
  const cancelled = cancelVideo(uploaded, now) as Video;
  expect(noticesOf(uploaded, cancelled)).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
  expect(snapshotOf(cancelled)).toMatchObject([
    { process_type: 'video_enhancement', status: 'cancelled' },
    { process_type: 'metadata_extraction', status: 'cancelled' },
  ]);
});

it('tells why something failed, also where that is all that changed', () => {
  const failed = structuredClone(uploaded);
  failed.processes.video_enhancement = {
    ...failed.processes.video_enhancement,
    status: 'failed',
    error: 'One reason.',
  };
  const other = structuredClone(failed);
  other.processes.video_enhancement.error = 'Another reason.';
  expect(noticesOf(failed, { ...other, seq: 3 })).toMatchObject([{ status: 'failed', error: 'Another reason.' }]);
});
