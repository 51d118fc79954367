import type { TaskMessage } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import { assemble } from './assemble.ts';
import { type EnhancePorts, enhance } from './enhance.ts';
import { enhancePiece } from './enhance-piece.ts';

/** What a worker does about a message. */
export function workOn(
  ports: EnhancePorts,
  message: TaskMessage,
  worker: string,
  signal: AbortSignal,
  pace?: Pace,
): Promise<void> {
  switch (message.type) {
    case 'video.piece':
      return enhancePiece(ports, message, worker, signal, pace);
    case 'video.assemble':
      return assemble(ports, message, worker, signal, pace);
    default:
      return enhance(ports, message, worker, signal, pace);
  }
}
