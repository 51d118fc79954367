import { z } from 'zod';
import { FileId } from './video.ts';

/** What a client may ask over its WebSocket. Any other text is answered as a `message`. */
export const Ask = z.discriminatedUnion('action', [
  z.object({ action: z.literal('ping') }),
  z.object({ action: z.literal('subscribe'), file_id: FileId }),
  z.object({ action: z.literal('unsubscribe'), file_id: FileId }),
]);
export type Ask = z.infer<typeof Ask>;

const timestamp = z.iso.datetime();

/** Answers to what a client sent. */
export const Reply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pong'), timestamp }),
  z.object({
    type: z.enum(['subscribed', 'unsubscribed']),
    timestamp,
    file_id: FileId,
    /** The video's latest change by then; 0 where there is no such video. What comes with a greater one is news. */
    seq: z.int().min(0),
  }),
  z.object({ type: z.literal('message'), timestamp, content: z.string() }),
  z.object({ type: z.literal('error'), timestamp, code: z.string(), detail: z.string() }),
]);
export type Reply = z.infer<typeof Reply>;
