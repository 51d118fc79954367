import type { Ports, WorkerBoard } from '../core/ports/index.ts';

export type Health = 'up' | 'down' | 'idle';

/**
 * What the service depends on, and whether it answers. The broker is seen through the eyes of the workers, who alone
 * are connected to it; with no worker about (scaled to zero) it is `idle`, which is no fault.
 */
export async function checkHealth(
  { videos, uploads, files }: Pick<Ports, 'videos' | 'uploads' | 'files'>,
  workers: WorkerBoard,
): Promise<{ healthy: boolean; dependencies: Record<'table' | 'uploads' | 'files' | 'broker', Health> }> {
  const [table, uploadsUp, filesUp, broker] = await Promise.all([
    answers(() => videos.get('00000000-0000-4000-8000-000000000000')),
    answers(() => uploads.head('uploads/health')),
    answers(() => files.head('processed_videos/health')),
    brokerHealth(workers),
  ]);
  const dependencies = { table, uploads: uploadsUp, files: filesUp, broker };
  return { healthy: !Object.values(dependencies).includes('down'), dependencies };
}

async function answers(ask: () => Promise<unknown>): Promise<Health> {
  try {
    await ask();
    return 'up';
  } catch {
    return 'down';
  }
}

async function brokerHealth(workers: WorkerBoard): Promise<Health> {
  const present = await workers.present().catch(() => []);
  if (present.length === 0) return 'idle';
  return present.some(({ broker }) => broker === 'up') ? 'up' : 'down';
}
