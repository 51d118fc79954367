import { QUEUES, RETRY_DELAYS_MS, type TaskType } from '../../core/messages.ts';
import {
  beginWork,
  chunkIndex,
  countDone,
  isWorkDone,
  PIECES_PER_WORKER,
  piecesOf,
  type Work,
} from '../../core/pieces.ts';
import { newAgenda } from './agenda.ts';
import { type FleetSettings, type FleetUsage, newFleet, type Worker } from './fleet.ts';
import { newLane } from './lane.ts';
import type { Effort } from './machine.ts';
import type { TaskKind } from './measured.ts';
import { random } from './random.ts';
import type { Arrival } from './traffic.ts';
import { chunksOf, type Efforts } from './work.ts';

/** Comes at its time; or, where it is `after` another (one before it in the list), so long after that one became playable. */
export interface Upload extends Omit<Arrival, 'class'> {
  after?: number;
}

export interface Scenario {
  seed: number;
  efforts: Efforts;
  arrivals: readonly Upload[];
  fleet: FleetSettings;
  /** 0 for whole. One for all videos, or for each. */
  chunkSeconds: number | ((video: number) => number);
  /** Seconds between the places where a video can be cut, unless they are the usual ones. */
  keyframes?: number;
  /** Pieces of one video in the queue for each worker there is. */
  window?: number;
  /** Seconds from a finished upload to its task in the queue, and from a worker's look into the lanes to its work. */
  dispatch: number;
  hop: number;
  /** Counting a finished piece, with so many workers on the video: seconds, and how likely it is not to succeed. */
  count: (workers: number) => { mean: number; lost: number };
}

/** What became of each video, in the order of the arrivals. Seconds from the beginning of the simulation. */
export interface Fate {
  arrived: number;
  /** The first worker took it up. */
  begun: number;
  /** All of its pieces were done; where it was worked on whole, when that was done. */
  worked: number;
  playable: number;
  /** How often it became playable: once. */
  ends: number;
  pieces: number;
}

export interface Outcome {
  fates: Fate[];
  fleet: FleetUsage;
  /** Tasks that were done, by kind; and how many were worked on in vain. */
  done: Record<TaskKind, number>;
  wasted: number;
  /** Seconds of workers with a task in hand. */
  busy: Record<TaskKind, number>;
}

interface Video extends Fate {
  clip: Upload;
  chunks: readonly number[];
  work: Work | undefined;
  /** All of its pieces, in the order in which they are given out. */
  names: readonly string[];
  /** Workers that are on it now. */
  workers: number;
  /** What is uploaded once it is playable. */
  next: Video[];
}

interface Task {
  type: TaskType;
  video: Video;
  piece?: string;
}

/** Of the two lanes of the enhancer, in the order in which workers look into them. */
const LANES = ['enhance', 'pieces'] as const;
/** What a worker has of the two minutes after the warning, and what it must have seen of its work to know how long it takes. */
const GRACE = 115;
const KNOWN_SHARE = 0.05;
/** Seconds that a video counts for until it is playable, so that there is somebody to put it together. */
const UNFINISHED = 1;
/** Seconds after which nothing is to be hoped for: a month. */
const NEVER = 30 * 24 * 3600;
const PLAN = '0'.repeat(32);

/** The pipeline from the finished upload to the playable video: the same lanes, window and releases as the real one. */
export function simulate(scenario: Scenario): Outcome {
  const { seed, efforts, arrivals, chunkSeconds, window = PIECES_PER_WORKER, dispatch, hop, count } = scenario;
  const agenda = newAgenda();
  const lanes = { enhance: newLane<Task>(), pieces: newLane<Task>() };
  const none = { whole: 0, plan: 0, source: 0, proxy: 0, sound: 0, chunk: 0, assemble: 0 };
  const [done, busy] = [{ ...none }, { ...none }];
  const inHand = new Map<Worker, Task>();
  const chance = random(seed);
  let [left, tasks, unfinished, wasted] = [0, 0, arrivals.length, 0];

  const fleet = newFleet(scenario.fleet, {
    agenda,
    seed,
    look: () => ({ queued: lanes.enhance.length() + lanes.pieces.length(), left, tasks }),
    isOver: () => unfinished === 0,
    ready: () => give(),
    warned,
  });
  const videos = arrivals.map((clip, i): Video => {
    const aim = typeof chunkSeconds === 'number' ? chunkSeconds : chunkSeconds(i);
    const times = { arrived: clip.at, begun: Number.NaN, worked: Number.NaN, playable: Number.NaN };
    return {
      ...times,
      ends: 0,
      pieces: 0,
      clip,
      chunks: chunksOf(clip.seconds, aim, scenario.keyframes),
      work: undefined,
      names: [],
      workers: 0,
      next: [],
    };
  });
  for (const video of videos) {
    if (video.clip.after === undefined) arrive(video);
    else videos[video.clip.after]?.next.push(video);
  }
  agenda.run((arrivals.at(-1)?.at ?? 0) + NEVER);
  if (unfinished > 0) throw new Error(`${unfinished} of ${videos.length} videos never came to an end.`);
  const fates = videos.map(({ clip, chunks, work, names, workers, next, ...fate }) => fate);
  return { fates, fleet: fleet.usage(), done, wasted, busy };

  /** In so many seconds as its upload says. */
  function arrive(video: Video): void {
    video.arrived = agenda.now() + video.clip.at;
    agenda.after(video.clip.at + dispatch, () => {
      left += video.clip.seconds + UNFINISHED;
      tasks += 1;
      publish({ type: 'video.uploaded', video });
    });
  }

  function publish(task: Task): void {
    lanes[laneOf(task.type)].push(task);
    give();
  }

  /** To those who wait for something. */
  function give(): void {
    while (lanes.enhance.length() + lanes.pieces.length() > 0) {
      const worker = fleet.claim();
      if (!worker) return;
      takeNext(worker);
    }
  }

  function takeNext(worker: Worker): void {
    const lane = worker.leaving || fleet.isTooMany() ? undefined : LANES.find((name) => lanes[name].length() > 0);
    const task = lane && lanes[lane].shift();
    if (!task) {
      fleet.release(worker);
      return;
    }
    const { video } = task;
    inHand.set(worker, task);
    video.workers += 1;
    if (Number.isNaN(video.begun)) video.begun = agenda.now() + hop;
    agenda.after(hop, () => {
      if (worker.state !== 'gone') work(worker, task);
    });
  }

  function work(worker: Worker, task: Task): void {
    const { video, piece } = task;
    const began = agenda.now();
    worker.running = worker.machine.run(effortOf(task), () => {
      const { mean, lost } = piece === undefined ? { mean: 0, lost: 0 } : count(video.workers);
      agenda.after(mean, () => {
        if (worker.state === 'gone') return;
        worker.running = undefined;
        busy[kindOf(task)] += agenda.now() - began;
        video.workers -= 1;
        inHand.delete(worker);
        if (chance.next() < lost) again(task);
        else finish(task);
        takeNext(worker);
      });
    });
  }

  function effortOf(task: Task): Effort {
    const { clip } = task.video;
    const kind = kindOf(task);
    const effort = efforts(kind, clip, secondsOf(task));
    if (kind !== 'whole' || !clip.proxy) return effort;
    const beside = efforts('proxy', clip);
    return { wall: effort.wall + beside.wall, cpu: effort.cpu + beside.cpu };
  }

  /** It is done, but could not be written down. */
  function again(task: Task): void {
    wasted += 1;
    agenda.after(RETRY_DELAYS_MS[0] / 1000, () => publish(task));
  }

  function finish(task: Task): void {
    const { type, video, piece } = task;
    done[kindOf(task)] += 1;
    tasks -= 1;
    if (piece !== undefined && video.work) {
      const before = video.work.released;
      video.work = countDone(video.work, share());
      video.pieces += 1;
      left -= kindOf(task) === 'chunk' ? secondsOf(task) : 0;
      release(video, before);
    } else if (type === 'video.assemble' || video.chunks.length < 2) {
      if (type !== 'video.assemble') video.worked = agenda.now();
      video.playable = agenda.now();
      video.ends += 1;
      left -= UNFINISHED + (type === 'video.assemble' ? 0 : video.clip.seconds);
      unfinished -= 1;
      for (const next of video.next) arrive(next);
    } else {
      video.work = beginWork({ plan: PLAN, chunks: video.chunks.length, sound: true }, share());
      video.names = piecesOf(video.work);
      tasks += video.names.length;
      release(video, 0);
    }
  }

  /** What the end of a task lets follow. */
  function release(video: Video, from: number): void {
    if (!video.work) return;
    if (isWorkDone(video.work)) {
      video.worked = agenda.now();
      tasks += 1;
      publish({ type: 'video.assemble', video });
    }
    for (const piece of video.names.slice(from, video.work.released)) {
      publish({ type: 'video.piece', video, piece });
    }
  }

  /** The pipeline's own window is some pieces a worker: another window is the same as another number of workers. */
  function share(): number {
    return (fleet.present() * window) / PIECES_PER_WORKER;
  }

  /** As `containers/enhancer/leave.ts` does: what will be done in time is finished, anything else goes back at once. */
  function warned(worker: Worker): void {
    const { running } = worker;
    const isKnown = running && running.share() >= KNOWN_SHARE;
    worker.leaving = true;
    // It may be wrong about that.
    agenda.after(isKnown && running.left() <= GRACE ? GRACE : 0, () => drop(worker));
  }

  function drop(worker: Worker): void {
    const task = inHand.get(worker);
    if (worker.state === 'gone') return;
    worker.running?.stop();
    fleet.retire(worker);
    if (!task) return;
    inHand.delete(worker);
    task.video.workers -= 1;
    wasted += 1;
    // To the front, as quorum queues do.
    lanes[laneOf(task.type)].unshift(task);
    give();
  }
}

function laneOf(type: TaskType): (typeof LANES)[number] {
  const lane = LANES.find((name) => (QUEUES[name].keys as readonly TaskType[]).includes(type));
  if (!lane) throw new Error(`No worker looks for ${type}.`);
  return lane;
}

function kindOf({ type, video, piece }: Task): TaskKind {
  if (type === 'video.assemble') return 'assemble';
  if (piece === 'source') return video.clip.proxy ? 'proxy' : 'source';
  if (piece === 'sound') return piece;
  if (piece !== undefined) return 'chunk';
  return video.chunks.length < 2 ? 'whole' : 'plan';
}

function secondsOf({ video, piece = '' }: Task): number {
  const index = chunkIndex(piece);
  return (index === undefined ? undefined : video.chunks[index]) ?? video.clip.seconds;
}
