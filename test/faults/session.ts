import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readable } from '../../local/home.ts';
import { check } from './checker/check.ts';
import { type Happening, type History, madeAs, type Violation } from './history.ts';
import { BROKER_FAULTS, MESSAGE_FAULTS } from './kinds/broker.ts';
import { diskFaults } from './kinds/disk.ts';
import { eventFaults } from './kinds/events.ts';
import { OBJECT_FAULTS } from './kinds/objects.ts';
import { SERVICE_FAULTS } from './kinds/services.ts';
import { SOCKET_FAULTS } from './kinds/sockets.ts';
import { TABLE_FAULTS } from './kinds/table.ts';
import { atMost } from './kinds/waiting.ts';
import { workerFaults } from './kinds/workers.ts';
import { type Clip, makeClips } from './people/clips.ts';
import { type Crowd, crowd } from './people/crowd.ts';
import { type Person, person } from './people/person.ts';
import { seeded } from './random.ts';
import { keepCounting } from './rig/counting.ts';
import { filesOfJobs } from './rig/job-folders.ts';
import { picturesAt } from './rig/pictures.ts';
import { type Rig, startRig } from './rig/rig.ts';
import { type Count, type Limits, strikeAll, type Tracks } from './schedule.ts';
import { settle } from './settle.ts';

export interface SessionOptions {
  seed: number;
  /** What its home is called. */
  name: string;
  /** How long it is harmed, where faults come again and again. */
  harmMs?: number;
  /** How many videos are in the works at a time. */
  load: number;
  limits: Limits;
  /** How late a late event is. */
  lateMs: number;
  /** Of all faults, those that are to strike. */
  choose?: (tracks: Tracks) => Tracks;
  note: (line: string) => void;
  /** Ends it early, without a verdict. */
  signal: AbortSignal;
}

export interface Report {
  counts: Map<string, Count>;
  violations: Violation[];
  /** How many videos, by how they ended. */
  videos: Record<string, number>;
  notices: number;
  polls: number;
  /** How often the pieces of a video were counted. */
  counted: number;
}

/**
 * The whole of it: an undisturbed run of each kind of video, then harm while people go on sending, then quiet, one more
 * undisturbed video for each person, and a look at everything that is left.
 */
export async function runSession(options: SessionOptions): Promise<Report> {
  const { seed, note, signal, limits } = options;
  const random = seeded(seed);
  const happenings: Happening[] = [];
  const happened = (happening: Happening) => void happenings.push(happening);
  const folder = await mkdtemp(join(tmpdir(), 'reelight-faults-'));
  // Nobody goes on when it fails: the process could not end.
  const giveUp = new AbortController();
  let people: Person[] = [];
  let rig: Rig | undefined;
  try {
    const clips = await makeClips(folder);
    rig = await startRig(options);
    const { base } = rig;
    people = ['anna', 'otto', 'ida'].map((name) => person(base, name, happened));
    const everybody = crowd(base, random.fork('people'), happened, AbortSignal.any([signal, giveUp.signal]));
    note('Undisturbed, to learn what should come out …');
    const { reference, files } = await undisturbed(rig, everybody, people, clips);
    const tracks = tracksOf(rig, files, options);

    note(`Harm, by seed ${seed} …`);
    const harming = new AbortController();
    const over = limits.once ? AbortSignal.any([signal, harming.signal]) : atMost(options.harmMs ?? 0, signal);
    const busy = Promise.all([
      everybody.keepBusy(options.load, people, clips, over),
      keepCounting(rig.videos, everybody.inFlight, happened, over),
    ]);
    const scene = { rig, crowd: everybody, people, random: random.fork('faults'), signal: over, note };
    const counts = await strikeAll(tracks, scene, limits);
    harming.abort();
    await busy;
    signal.throwIfAborted();

    note('Quiet; what is under way ends …');
    const remains = await settle(rig, everybody, people, clips, happenings, note);
    giveUp.abort();
    const history: History = { happenings, reference, remains };
    const violations = check(history);
    if (violations.length > 0)
      note(`What happened is in ${readable(writeHistory(rig.home.root, history))}, and the logs beside it.`);
    return { counts, violations, ...figures(history) };
  } finally {
    giveUp.abort();
    for (const one of people) void one.leave();
    await rig?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One of each, and nothing in the way. Also learns at which stages workers can be met, and which files they write. */
async function undisturbed(rig: Rig, everybody: Crowd, people: readonly Person[], clips: readonly Clip[]) {
  const [someone] = people;
  if (!someone) throw new Error('Nobody is there.');
  const done = new AbortController();
  const files = filesOfJobs(rig.home.scratch, done.signal);
  const reference = new Map<string, string>();
  const learn = async (clip: Clip, chunk_seconds: number) => {
    const beforeBytes = (fileId: string) => rig.videos.change(fileId, (video) => ({ ...video, chunk_seconds }));
    const { fileId, over } = await everybody.send(someone, clip, { undisturbed: true, beforeBytes });
    await over;
    reference.set(
      madeAs(clip.variant ?? '', chunk_seconds),
      await picturesAt(`${rig.base}/processed_videos/${fileId}`),
    );
  };
  await Promise.all(clips.flatMap((clip) => clip.chunks.map((seconds) => learn(clip, seconds))));
  done.abort();
  return { reference, files: await files };
}

function tracksOf(rig: Rig, files: readonly string[], { lateMs, choose = (all) => all }: SessionOptions): Tracks {
  return choose({
    workers: workerFaults(rig.logs.stages()),
    servers: [...BROKER_FAULTS, ...SERVICE_FAULTS],
    messages: MESSAGE_FAULTS,
    stores: [...TABLE_FAULTS, ...OBJECT_FAULTS],
    disks: diskFaults(files),
    events: eventFaults(lateMs),
    clients: SOCKET_FAULTS,
  });
}

function figures({ happenings, remains }: History): Pick<Report, 'videos' | 'notices' | 'polls' | 'counted'> {
  const count = (kind: Happening['kind']) => happenings.filter((happening) => happening.kind === kind).length;
  const ends = [...remains.videos.values()].map(({ processes }) => processes.video_enhancement.status);
  const videos: Record<string, number> = { accepted: count('accepted'), deleted: count('deleted') };
  for (const end of ends) videos[end] = (videos[end] ?? 0) + 1;
  return { videos, notices: count('told'), polls: count('polled'), counted: count('counted') };
}

/** For whoever has to find out why. */
function writeHistory(folder: string, { happenings, reference, remains }: History): string {
  const path = join(folder, 'history.json');
  const videos = Object.fromEntries(remains.videos);
  const all = { reference: Object.fromEntries(reference), remains: { ...remains, videos }, happenings };
  writeFileSync(path, JSON.stringify(all, null, 1));
  return path;
}
