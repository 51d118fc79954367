import { join } from 'node:path';
import { ROOT } from '../home.ts';
import { runAlone } from '../run-alone.ts';
import { type ServicePlace, serviceEnvironment } from '../service-environment.ts';
import type { Part } from '../supervisor/part.ts';

/** An enhancer worker: the same program that the container runs. */
export function workerPart(name: string, place: ServicePlace): Part {
  return {
    name,
    command: process.execPath,
    args: [join(ROOT, 'containers', 'enhancer', 'main.ts')],
    cwd: ROOT,
    env: { ...serviceEnvironment('enhancer', place), WORKER_NAME: name },
    // It hands back what it has in hand.
    stopMs: 15_000,
  };
}

if (import.meta.main) await runAlone((place) => workerPart(`worker-${process.pid}`, place));
