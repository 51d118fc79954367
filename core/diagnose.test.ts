import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { diagnose, EVENT_LATE_MS, GIVE_UP_MS, LEASE_OVERDUE_MS, NUDGE_MS, UPLOAD_GRACE_MS } from './diagnose.ts';
import { claim, LEASE_MS, type Process } from './process.ts';
import { cancelVideo, receiveSource, type Video } from './video.ts';

const start = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const UPLOAD_MS = 60 * 60 * 1000;

const sent = aVideo({}, start);
const arrived = receiveSource(sent, { key: 'k', size: 1, etag: 'e', checksum: null }, start) as Video;
const waiting = { ...arrived, dispatched_attempt: 1 };
const given = (enhancement: Partial<Process>, metadata: Partial<Process> = { status: 'completed' }): Video => {
  const { video_enhancement, metadata_extraction } = waiting.processes;
  return {
    ...waiting,
    processes: {
      video_enhancement: { ...video_enhancement, ...enhancement },
      metadata_extraction: { ...metadata_extraction, ...metadata },
    },
  };
};
const held = claim(waiting.processes.video_enhancement, 'w', start) as Process;
const nudge = (...types: string[]) => ({ state: 'silent', nudge: types, hopeless: [] });

it.each<[string, Video, number, object]>([
  ['not arrived, and it is early', sent, EVENT_LATE_MS - 1, { state: 'well' }],
  ['not arrived, and its event is late', sent, EVENT_LATE_MS, { state: 'not_arrived', overdue: false }],
  ['not arrived in all its time', sent, UPLOAD_MS + UPLOAD_GRACE_MS, { state: 'not_arrived', overdue: true }],
  ['just arrived', arrived, EVENT_LATE_MS - 1, { state: 'well' }],
  ['arrived, and nobody was told', arrived, EVENT_LATE_MS, { state: 'not_dispatched' }],
  [
    'cancelled before it arrived',
    cancelVideo(sent, start) as Video,
    EVENT_LATE_MS,
    { state: 'not_arrived', overdue: false },
  ],
  ['cancelled', cancelVideo(arrived, start) as Video, 0, { state: 'settled' }],
  ['waiting its turn', waiting, NUDGE_MS - 1, { state: 'well' }],
  ['waiting for too long', waiting, NUDGE_MS, nudge('video_enhancement', 'metadata_extraction')],
  ['done in half', given({}), NUDGE_MS, nudge('video_enhancement')],
  ['held by somebody who shows no life', given(held), LEASE_MS + LEASE_OVERDUE_MS, nudge('video_enhancement')],
  ['held by somebody who may', given(held), LEASE_MS + LEASE_OVERDUE_MS - 1, { state: 'well' }],
  ['nudged a while ago', given({ nudged_at: later(NUDGE_MS).toISOString() }), 2 * NUDGE_MS - 1, { state: 'well' }],
  ['nudged long ago', given({ nudged_at: later(NUDGE_MS).toISOString() }), 2 * NUDGE_MS, nudge('video_enhancement')],
  ['silent for a day', given({}), GIVE_UP_MS, { state: 'silent', nudge: [], hopeless: ['video_enhancement'] }],
])('a video %s', (_, video, after, diagnosis) => {
  expect(diagnose(video, later(after))).toEqual(diagnosis);
});
