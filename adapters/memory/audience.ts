import type { Reply } from '../../core/conversation.ts';
import type { Notice } from '../../core/notices.ts';
import type { Audience } from '../../core/ports/audience.ts';

/** An audience whose ears can be looked into. */
export interface MemoryAudience extends Audience {
  /** Opens a connection; a connection that was never opened is gone. */
  open(connectionId: string): void;
  close(connectionId: string): void;
  /** What a connection has been told so far. */
  told(connectionId: string): (Notice | Reply)[];
}

export function memoryAudience(): MemoryAudience {
  const connections = new Map<string, { open: boolean; told: (Notice | Reply)[] }>();
  return {
    async tell(connectionId, message) {
      const connection = connections.get(connectionId);
      if (!connection?.open) return 'gone';
      connection.told.push(structuredClone(message));
      return 'told';
    },
    open(connectionId) {
      connections.set(connectionId, { open: true, told: [] });
    },
    close(connectionId) {
      const connection = connections.get(connectionId);
      if (connection) connection.open = false;
    },
    told(connectionId) {
      return connections.get(connectionId)?.told ?? [];
    },
  };
}
