/** The outside world in memory: what unit tests run on, held to the same conformance suites as the real one. */
export { type MemoryAudience, memoryAudience } from './audience.ts';
export { memoryConnectionStore } from './connection-store.ts';
export { type MemoryTaskQueue, memoryTaskQueue } from './task-queue.ts';
export { memoryTicketStore } from './ticket-store.ts';
export { type MemoryUploadStore, memoryUploadStore } from './upload-store.ts';
export { memoryVideoStore } from './video-store.ts';
export { memoryWorkerBoard } from './worker-board.ts';
