import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { claim, type Process } from './process.ts';
import { Refusal } from './refusal.ts';
import { retryVideo } from './retry.ts';
import { NOTHING_SPENT } from './spent.ts';
import { CHUNK_SECONDS } from './timeline.ts';
import { cancelVideo, changeProcess, receiveSource, type Video } from './video.ts';

const at = new Date('2026-01-01T00:00:00Z');
const arrived = receiveSource(aVideo(), { key: 'k', size: 1, etag: 'e', checksum: null }, at) as Video;
const profile = arrived.profile;

it.each<[string, Video, Video['profile'], string]>([
  ['that has just arrived', arrived, profile, 'in_flight'],
  ['whose second attempt is with the broker', { ...arrived, attempt: 2, dispatched_attempt: 2 }, profile, 'in_flight'],
  ['whose second attempt is about to be', { ...arrived, attempt: 2, dispatched_attempt: 1 }, profile, 'unchanged'],
  ['that is to look different since', { ...arrived, attempt: 2, dispatched_attempt: 1 }, 'passthrough', 'in_flight'],
  ['that never arrived', cancelVideo(aVideo(), at) as Video, profile, 'no_source'],
])('refuses a video %s', (_, video, wanted, reason) => {
  expect(retryVideo(video, wanted, at)).toMatchObject({ reason });
});

it('begins anew, but for whom it has to shut out and what was spent', () => {
  const spent = { ...NOTHING_SPENT, runs: 3 };
  const work = { plan: 'a'.repeat(32), chunks: 2, sound: false, released: 1, done: 0, announced: true };
  const claimed = changeProcess(
    arrived,
    'video_enhancement',
    (process) => claim({ ...process, spent }, 'w', at),
    at,
  ) as Video;
  const ended = { ...(cancelVideo(claimed, at) as Video), chunk_seconds: 0, work };
  const again = retryVideo(ended, profile, at);
  if (again instanceof Refusal) throw new Error(again.reason);
  expect(again).toMatchObject({ attempt: 2, chunk_seconds: CHUNK_SECONDS, work: null });
  const { video_enhancement }: { video_enhancement: Process } = again.processes;
  expect(video_enhancement).toMatchObject({ status: 'pending', fence: 1, spent, claim: null, finished_at: null });
});
