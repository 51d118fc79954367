import { join } from 'node:path';
import { readNoArguments } from '../arguments.ts';
import { requireFfmpeg } from '../ffmpeg.ts';
import { ROOT } from '../home.ts';
import { runAlone } from '../run-alone.ts';
import { type ServicePlace, serviceEnvironment } from '../service-environment.ts';
import type { Part } from '../supervisor/part.ts';

/** Who presses Ctrl-C wants an end: five seconds of this are for handing back, the rest for what is nearly done. */
const GRACE_SECONDS = 10;

/** An enhancer worker: the same program that the container runs. */
export function workerPart(name: string, place: ServicePlace): Part {
  return {
    name,
    command: process.execPath,
    args: [join(ROOT, 'containers', 'enhancer', 'main.ts')],
    cwd: ROOT,
    env: { ...serviceEnvironment('enhancer', place), WORKER_NAME: name, STOP_GRACE_SECONDS: String(GRACE_SECONDS) },
    works: /"message":"ready"/,
    // It finishes what is all but done, and hands back anything else.
    stopMs: GRACE_SECONDS * 1_000 + 5_000,
  };
}

if (import.meta.main) {
  readNoArguments(
    'Usage: npm run start:worker\n\nRuns one more worker beside a Reelight that runs on this machine, until Ctrl-C.',
  );
  await runAlone(async (place) => {
    await requireFfmpeg(place.env);
    return [workerPart(`worker-${process.pid}`, place)];
  });
}
