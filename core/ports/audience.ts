import type { Notice } from '../notices.ts';

/** The people at the other end of WebSocket connections. */
export interface Audience {
  /** `gone`: the connection is closed for good. @throws TransientError when it is worth trying again. */
  tell(connectionId: string, message: Notice | Reply): Promise<'told' | 'gone'>;
}

/** Answers to what a client sent. */
export type Reply =
  | { type: 'pong'; timestamp: string }
  | { type: 'subscribed' | 'unsubscribed'; timestamp: string; file_id: string }
  | { type: 'message'; timestamp: string; content: string }
  | { type: 'error'; timestamp: string; code: string; detail: string };
