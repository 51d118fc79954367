import { Ask, type Reply } from '../core/conversation.ts';
import { fileNotFound } from '../core/errors.ts';
import type { Ports } from '../core/ports/index.ts';
import { videosOf } from '../core/videos-of.ts';

/** Echoing is capped: nobody gets us to send large frames. */
const ECHO_CHARS = 1_000;

/** Answers one message of a connected client. */
export async function converse(
  { connections, videos, audience, now }: Pick<Ports, 'connections' | 'videos' | 'audience' | 'now'>,
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
      return { type: 'unsubscribed', timestamp, file_id, seq: await seqOf(file_id) };
    }
    if (!(await mayFollow(file_id))) {
      const { code, message: detail } = fileNotFound();
      return { type: 'error', timestamp, code, detail };
    }
    await connections.subscribe(connectionId, file_id);
    // Afterwards: what changes from here on is told.
    return { type: 'subscribed', timestamp, file_id, seq: await seqOf(file_id) };
  }

  /** Nothing of another's, not even how often it changed. */
  async function seqOf(fileId: string): Promise<number> {
    const connection = await connections.get(connectionId);
    if (!connection) return 0;
    const theirs = connection.owner === null ? videos : videosOf(connection.owner, videos);
    return (await theirs.get(fileId))?.seq ?? 0;
  }

  /** Without sign-in, whoever knows a video may; with it, its owner, to whom another's is not there. */
  async function mayFollow(fileId: string): Promise<boolean> {
    const connection = await connections.get(connectionId);
    if (!connection || connection.owner === null) return true;
    return (await videosOf(connection.owner, videos).get(fileId)) !== undefined;
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
