import { join } from 'node:path';
import { ROOT } from '../home.ts';
import { type ServicePlace, type ServiceRole, serviceEnvironment } from '../service-environment.ts';
import type { Part } from '../supervisor/part.ts';

/** A service of ours that is one Node program: `local/services/<name>.ts`, under its role. */
export function nodePart(name: 'bridge' | 'edge', role: ServiceRole, place: ServicePlace): Part {
  return {
    name,
    command: process.execPath,
    args: [join(ROOT, 'local', 'services', `${name}.ts`)],
    cwd: ROOT,
    env: serviceEnvironment(role, place),
    stopMs: 10_000,
  };
}
