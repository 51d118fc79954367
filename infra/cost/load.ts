import type { ProfileName } from '../../core/profiles/names.ts';
import { NOTHING_SPENT, type Spent } from '../../core/spent.ts';
import { BUSY_CORES } from './assumed.ts';
import type { Measured, MeasuredVideo } from './measured.ts';

/** What is put upon a deployment in a month. */
export interface Load {
  /** Of video. */
  minutes: number;
  profile: ProfileName;
  /** Of one video. */
  videoMinutes: number;
  /** How often each video is watched to its end. */
  views: number;
  /** How long videos are kept, in months. */
  keepMonths: number;
  /** How often a day work comes to a deployment that has no worker left. */
  burstsPerDay: number;
}

export const videosOf = ({ minutes, videoMinutes }: Load): number => minutes / videoMinutes;

/**
 * What one video of so many seconds takes: on the line through the two that were measured. Workers write down once a
 * second how far they are; where the measuring machine was slow, because others used it too, that is brought down to the
 * seconds that a worker is taken to need.
 */
export function videoOf(measured: Measured, profile: ProfileName, seconds: number): MeasuredVideo {
  const { profiles } = measured;
  const [short, long] = [atPace(profiles[profile].short), atPace(profiles[profile].long)];
  const share = (seconds - short.seconds) / (long.seconds - short.seconds);
  const between = (a: number, b: number) => Math.max(0, a + share * (b - a));
  const spentBetween = (a: Spent, b: Spent) =>
    Object.fromEntries(
      (Object.keys(NOTHING_SPENT) as (keyof Spent)[]).map((field) => [field, between(a[field], b[field])]),
    ) as Spent;
  const field = (name: Exclude<keyof MeasuredVideo, 'enhancement' | 'extraction'>) => between(short[name], long[name]);
  return {
    seconds,
    source_bytes: field('source_bytes'),
    enhanced_bytes: field('enhanced_bytes'),
    beside_bytes: field('beside_bytes'),
    cpu_seconds: field('cpu_seconds'),
    changes: field('changes'),
    notices: field('notices'),
    enhancement: spentBetween(short.enhancement, long.enhancement),
    extraction: spentBetween(short.extraction, long.extraction),
  };
}

function atPace(video: MeasuredVideo): MeasuredVideo {
  const { cpu_seconds, changes, notices, enhancement } = video;
  const pace = Math.min(1, cpu_seconds / BUSY_CORES / Math.max(enhancement.seconds, 0.001));
  const { table_writes, table_reads } = enhancement;
  return {
    ...video,
    changes: changes * pace,
    notices: notices * pace,
    enhancement: { ...enhancement, table_writes: table_writes * pace, table_reads: table_reads * pace },
  };
}
