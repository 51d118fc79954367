import { Ask, type Reply } from '../core/conversation.ts';
import type { Ports } from '../core/ports/index.ts';

/** Echoing is capped: nobody gets us to send large frames. */
const ECHO_CHARS = 1_000;

/** Answers one message of a connected client. */
export async function converse(
  { connections, audience, now }: Pick<Ports, 'connections' | 'audience' | 'now'>,
  connectionId: string,
  text: string,
): Promise<void> {
  await audience.tell(connectionId, await reply());

  async function reply(): Promise<Reply> {
    const timestamp = now().toISOString();
    const said = parse(text);
    if (!said) return { type: 'message', timestamp, content: `Received: ${text.slice(0, ECHO_CHARS)}` };
    const ask = Ask.safeParse(said);
    if (!ask.success) {
      const detail = 'Send {"action":"ping"}, or "subscribe" or "unsubscribe" with the "file_id" of a video.';
      return { type: 'error', timestamp, code: 'unknown_action', detail };
    }
    if (ask.data.action === 'ping') return { type: 'pong', timestamp };
    const { file_id } = ask.data;
    if (ask.data.action === 'unsubscribe') {
      await connections.unsubscribe(connectionId, file_id);
      return { type: 'unsubscribed', timestamp, file_id };
    }
    await connections.subscribe(connectionId, file_id);
    return { type: 'subscribed', timestamp, file_id };
  }
}

/** Only objects with an `action` are addressed to us; any other text is answered as a message. */
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'action' in value ? value : undefined;
  } catch {
    return undefined;
  }
}
