import type { Log } from '../log.ts';
import type { Arrivals } from './arrivals.ts';
import type { Audience } from './audience.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { FileAccess } from './file-access.ts';
import type { MediaTools } from './media-tools.ts';
import type { Meter } from './meter.ts';
import type { ObjectStore, UploadStore } from './object-store.ts';
import type { TaskQueue } from './task-queue.ts';
import type { TicketStore } from './ticket-store.ts';
import type { VideoStore } from './video-store.ts';
import type { Vision } from './vision.ts';
import type { WorkerBoard } from './worker-board.ts';

export type * from './arrivals.ts';
export type * from './audience.ts';
export type * from './connection-store.ts';
export type * from './file-access.ts';
export type * from './media-tools.ts';
export type * from './meter.ts';
export type * from './object-store.ts';
export type * from './parked-tasks.ts';
export type * from './protection.ts';
export type * from './task-queue.ts';
export type * from './ticket-store.ts';
export type * from './video-store.ts';
export type * from './vision.ts';
export type * from './worker-board.ts';

/** Everything the pipeline can need of the outside world. A step takes what it uses: `Pick<Ports, …>`. */
export interface Ports {
  videos: VideoStore;
  connections: ConnectionStore;
  tickets: TicketStore;
  uploads: UploadStore;
  files: ObjectStore;
  access: FileAccess;
  arrivals: Arrivals;
  tasks: TaskQueue;
  audience: Audience;
  media: MediaTools;
  vision: Vision;
  workers: Pick<WorkerBoard, 'present'>;
  meter: Meter;
  /** Lends an empty folder and deletes it afterwards, whatever happened. */
  scratch: <T>(use: (folder: string) => Promise<T>) => Promise<T>;
  now: () => Date;
  log: Log;
}
