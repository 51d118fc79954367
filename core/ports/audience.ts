import type { Reply } from '../conversation.ts';
import type { Notice } from '../notices.ts';

/** The people at the other end of WebSocket connections. */
export interface Audience {
  /** `gone`: the connection is closed for good. @throws TransientError when it is worth trying again. */
  tell(connectionId: string, message: Notice | Reply): Promise<'told' | 'gone'>;
}
