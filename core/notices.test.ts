import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { noticesOf, snapshotOf } from './notices.ts';
import { claim } from './process.ts';
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
