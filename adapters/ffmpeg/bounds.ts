import { availableParallelism, totalmem } from 'node:os';

/** What one run of a program may use up. The kernel holds it to these where it can: see `confine.ts`. */
export interface Bounds {
  wallSeconds: number;
  /** Of all its threads together. */
  cpuSeconds: number;
  /** Of memory that it writes to. */
  memoryBytes: number;
  /** Of each file that it writes. */
  fileBytes: number;
}

/** `look`: at a header, at a few pictures. `work`: on every picture. */
export type Effort = 'look' | 'work';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/**
 * A header takes a tenth of a second, and the first picture of the largest videos some seconds. Less than the metadata
 * function has, so that it is the run that ends, with a reason, and not the function.
 */
const LOOK = { wallSeconds: 90, cpuSeconds: 60, memoryBytes: 1.5 * GiB, fileBytes: 64 * MiB };

/** Where nobody says otherwise: twelve hours, three quarters of the memory that there is, and 64 GiB. */
const WORK_SECONDS = 12 * 60 * 60;
/** A timer of Node's can wait for 24 days. */
const LONGEST_WORK = 7 * 24 * 60 * 60;
const SHARE_OF_MEMORY = 0.75;
const FILE_BYTES = 64 * GiB;

/**
 * The bounds of a run.
 *
 * @param env `MAX_WORK_SECONDS`, `FFMPEG_MEMORY_MIB`, `FFMPEG_FILE_MIB`
 */
export function boundsOf(effort: Effort, env: NodeJS.ProcessEnv = process.env): Bounds {
  const wallSeconds = Math.min(positive(env.MAX_WORK_SECONDS) ?? WORK_SECONDS, LONGEST_WORK);
  const work = {
    wallSeconds,
    // Reached only where nobody is left to look at the clock.
    cpuSeconds: Math.ceil(wallSeconds * availableParallelism()),
    memoryBytes: (positive(env.FFMPEG_MEMORY_MIB) ?? memoryHere() / MiB) * MiB,
    fileBytes: (positive(env.FFMPEG_FILE_MIB) ?? FILE_BYTES / MiB) * MiB,
  };
  if (effort === 'work') return work;
  return { ...LOOK, memoryBytes: Math.min(LOOK.memoryBytes, work.memoryBytes) };
}

/** Of the machine, or of the control group that we are in. */
function memoryHere(): number {
  const ours = process.constrainedMemory();
  const there = ours > 0 ? Math.min(ours, totalmem()) : totalmem();
  return Math.floor(there * SHARE_OF_MEMORY);
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
