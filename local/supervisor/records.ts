import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf, isAlive } from '../setup/lock.mjs';
import { endGroup } from './group.ts';

const Identity = z.object({ pid: z.int().min(2), started: z.string().nullable() });
const PartRecord = z.object({ leader: Identity, supervisor: Identity });
type PartRecord = z.infer<typeof PartRecord>;

/** Long enough for the emulator to save its state. */
const PATIENCE_MS = 15_000;

/** Notes who runs a part, so that a later start finds what this one left. */
export function noteRunning(folder: string, part: string, leader: number): void {
  mkdirSync(folder, { recursive: true });
  const record: PartRecord = { leader: identityOf(leader), supervisor: identityOf() };
  writeFileSync(recordOf(folder, part), JSON.stringify(record));
}

export function forgetRunning(folder: string, part: string): void {
  rmSync(recordOf(folder, part), { force: true });
}

/** The process that runs this part under another supervisor that is alive, as `npm run start:broker` in another terminal. */
export function runsElsewhere(folder: string, part: string): number | undefined {
  const record = read(recordOf(folder, part));
  if (!record || record.supervisor.pid === process.pid || !isAlive(record.supervisor)) return undefined;
  return record.supervisor.pid;
}

/** Ends what supervisors left behind that were killed. */
export async function endLeftovers(folder: string): Promise<void> {
  const parts = listFolder(folder).flatMap((file) => (file.endsWith('.part') ? [file.slice(0, -'.part'.length)] : []));
  await Promise.all(
    parts.map(async (part) => {
      const record = read(recordOf(folder, part));
      if (record && isAlive(record.supervisor)) return;
      if (record) await endGroup(record.leader, PATIENCE_MS);
      forgetRunning(folder, part);
    }),
  );
}

const recordOf = (folder: string, part: string) => join(folder, `${part}.part`);

function read(path: string): PartRecord | undefined {
  try {
    return PartRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
