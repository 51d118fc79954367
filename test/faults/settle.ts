import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker/check.ts';
import type { Happening, Remains } from './history.ts';
import type { Clip } from './people/clips.ts';
import { type Crowd, isOver } from './people/crowd.ts';
import type { Person } from './people/person.ts';
import { picturesAt } from './rig/pictures.ts';
import { remainsOf } from './rig/remains.ts';
import type { Rig } from './rig/rig.ts';

/** The longest a healthy service may take to bring all to an end: a task may wait a minute for its next try, twice. */
const END_MS = 180_000;
/** Then nothing may be left behind for longer than a task takes to find that it is not wanted any more. */
const CLEAN_MS = 90_000;

/**
 * Waits until everything has ended, sends one more undisturbed video for each person, has everybody go away, and then
 * waits until nothing is left that should not be: what still is when time is up is for the checker to name.
 */
export async function settle(
  rig: Rig,
  everybody: Crowd,
  people: readonly Person[],
  clips: readonly Clip[],
  happenings: readonly Happening[],
  note: (line: string) => void,
): Promise<Remains> {
  const accepted = () => happenings.flatMap((happening) => (happening.kind === 'accepted' ? [happening] : []));
  await by(END_MS, async () => {
    const records = await Promise.all(accepted().map(({ file_id }) => rig.videos.get(file_id)));
    return records.every((video) => !video || isOver(video));
  });
  const [clip] = clips;
  if (clip) {
    const last = await Promise.all(people.map((one) => everybody.send(one, clip, { undisturbed: true })));
    await Promise.all(last.map(({ over }) => over));
  }
  await Promise.all(people.map((one) => one.leave()));

  note('Looking at what is left …');
  const variants = new Map(accepted().map(({ file_id, variant }) => [file_id, variant]));
  const pictures = new Map<string, string>();
  let remains = await remainsOf(rig);
  const isClean = async () => {
    await rig.sweep();
    remains = await remainsOf(rig);
    const violations = check({ happenings: [], reference: new Map(), remains });
    return violations.every(({ rule }) => rule === 'only what was given up is parked');
  };
  await by(CLEAN_MS, isClean);
  for (const [fileId, video] of remains.videos) {
    if (!variants.get(fileId) || video.processes.video_enhancement.status !== 'completed') continue;
    const url = `${rig.base}/processed_videos/${fileId}`;
    video.pictures = pictures.get(fileId) ?? (await picturesAt(url).catch((error: Error) => error.message));
  }
  return remains;
}

/** Asks until the answer is yes, or time is up. */
async function by(ms: number, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(1_000)) {
    if (await isSo().catch(() => false)) return;
  }
}
