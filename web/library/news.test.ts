import { expect, it } from 'vitest';
import type { VideoRecord } from '../../client/index.ts';
import { inserted, merged, withSource } from './news.ts';

const process = { status: 'processing', progress: 40, error: null } as VideoRecord['processes']['video_enhancement'];
function record(changes: Partial<VideoRecord> = {}): VideoRecord {
  return {
    file_id: 'a',
    seq: 5,
    attempt: 1,
    created_at: '2026-11-24T03:00:00.000Z',
    status: 'processing',
    upload: { kind: 'single', status: 'complete', expires_at: '' },
    processes: { video_enhancement: process, metadata_extraction: process },
    ...changes,
  } as VideoRecord;
}
const withEnhancement = (seq: number, changes: Partial<typeof process>, attempt = 1) =>
  record({ seq, attempt, processes: { video_enhancement: { ...process, ...changes }, metadata_extraction: process } });

it('does not let an answer that was overtaken by news take them back', () => {
  const shown = merged(record(), withEnhancement(6, { progress: 30 }));
  expect(shown.processes.video_enhancement.progress).toBe(40);
  expect(shown.seq).toBe(6);
  const ended = withEnhancement(5, { status: 'completed', progress: 100 });
  expect(merged(ended, withEnhancement(6, { progress: 90 })).processes.video_enhancement.status).toBe('completed');
});

it('takes in what is newer', () => {
  const ended = merged(record(), withEnhancement(7, { status: 'failed', progress: 10, error: 'no' }));
  expect(ended.processes.video_enhancement).toMatchObject({ status: 'failed', error: 'no' });
  expect(ended.status).toBe('failed');
  expect(merged(record(), withEnhancement(4, { progress: 90 })).processes.video_enhancement.progress).toBe(40);
});

it('begins anew with another attempt, and does not return to an older one', () => {
  const again = withEnhancement(9, { status: 'pending', progress: 0 }, 2);
  const ended = withEnhancement(8, { status: 'completed', progress: 100 });
  expect(merged(ended, again)).toBe(again);
  expect(merged(again, ended)).toBe(again);
});

it('does not wait for a file that was sent, whatever the record says yet', () => {
  const pending = { ...process, status: 'pending', progress: 0 } as const;
  const upload = { kind: 'single', status: 'awaiting', expires_at: '' } as const;
  const processes = { video_enhancement: pending, metadata_extraction: pending };
  const awaiting = record({ status: 'awaiting_upload', upload, processes });
  expect(withSource(awaiting)).toMatchObject({ status: 'uploaded', upload: { status: 'complete' } });
  const failed = { ...processes, video_enhancement: { ...process, status: 'failed' as const } };
  expect(withSource({ ...awaiting, processes: failed }).status).toBe('failed');
  const known = record();
  expect(withSource(known)).toBe(known);
});

it('puts a video where it belongs, newest first', () => {
  const day = (n: number) => record({ file_id: `v${n}`, created_at: `2026-11-0${n}T00:00:00.000Z` });
  const known = new Map([4, 2].map((n) => [`v${n}`, day(n)]));
  const ids = ['v4', 'v2'];
  expect(inserted(ids, day(5), known, true)).toEqual(['v5', 'v4', 'v2']);
  expect(inserted(ids, day(3), known, true)).toEqual(['v4', 'v3', 'v2']);
  expect(inserted(ids, day(4), known, true)).toBe(ids);
  expect(inserted(ids, day(1), known, true)).toBe(ids);
  expect(inserted(ids, day(1), known, false)).toEqual(['v4', 'v2', 'v1']);
});
