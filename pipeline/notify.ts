import { TransientError } from '../core/errors.ts';
import { type Notice, noticesOf, snapshotOf } from '../core/notices.ts';
import type { Connection, Ports } from '../core/ports/index.ts';
import { PROCESS_TYPES } from '../core/process.ts';
import { spanned } from '../core/span.ts';
import { childTrace } from '../core/trace.ts';
import type { Video } from '../core/video.ts';

/** A client that connects hears of everything that is in flight or changed since. */
const SNAPSHOT_MS = 24 * 60 * 60 * 1000;
/** API Gateway may answer "gone" for a connection that is still being made. */
const YOUNG_MS = 5_000;
const YOUNG_RETRY_MS = 100;

type NotifyPorts = Pick<Ports, 'videos' | 'connections' | 'audience' | 'now' | 'log'>;

/** A record changed: everybody who follows it is told what changed, in the order it changed. */
export async function announce(ports: NotifyPorts, before: Video | undefined, after: Video): Promise<void> {
  const notices = noticesOf(before, after);
  if (notices.length === 0) return;
  const announceAll = async () => {
    const listeners = await ports.connections.listeners(after, after.file_id);
    // Subscribing was checked; that it was, is not relied on.
    const theirs = listeners.filter(({ owner }) => owner === after.owner);
    // One that cannot be reached is tried again with the whole change; the others have heard of it by then.
    const told = await Promise.allSettled(theirs.map((listener) => tell(ports, listener, notices)));
    for (const answer of told) if (answer.status === 'rejected') throw answer.reason;
  };
  if (!isTurn(before, after)) return announceAll();
  const span = { name: 'notify', trace: childTrace(after.trace), parent: after.trace };
  await spanned(ports.log, ports.now, span, announceAll, { file_id: after.file_id });
}

/** Whether more changed than how far the work is: a span for each second would bury the others. */
function isTurn(before: Video | undefined, after: Video): boolean {
  return PROCESS_TYPES.some((type) => before?.processes[type].status !== after.processes[type].status);
}

/** Somebody connected: a greeting, then where each of their videos stands, so that a reconnect misses nothing. */
export async function greet(ports: NotifyPorts, connection: Connection): Promise<void> {
  const { videos, now } = ports;
  const since = new Date(now().getTime() - SNAPSHOT_MS);
  const snapshot = (await videos.recent(connection, since)).flatMap(snapshotOf);
  const hello: Notice = {
    type: 'connection',
    timestamp: now().toISOString(),
    status: 'connected',
    client_id: connection.client_id,
  };
  await tell(ports, connection, [hello, ...snapshot]);
}

/** One after the other: a client hears of changes in their order. Who is gone is forgotten. */
async function tell(ports: NotifyPorts, connection: Connection, notices: Notice[]): Promise<void> {
  for (const notice of notices) {
    if ((await tellPatiently(ports, connection, notice)) === 'gone') {
      await ports.connections.remove(connection.connection_id);
      return ports.log.info('a closed connection was forgotten', { connection: connection.connection_id });
    }
  }
}

async function tellPatiently(ports: NotifyPorts, connection: Connection, notice: Notice): Promise<'told' | 'gone'> {
  for (;;) {
    const answer = await tellOnce(ports, connection, notice);
    const age = ports.now().getTime() - Date.parse(connection.connected_at);
    if (answer === 'told' || age >= YOUNG_MS) return answer;
    // It was closed meanwhile, as a page does that is loaded anew: everybody else waits while this waits.
    if (!(await ports.connections.get(connection.connection_id))) return answer;
    await new Promise((resolve) => setTimeout(resolve, YOUNG_RETRY_MS));
  }
}

/** What passes in a moment does not make the whole change be told again. */
async function tellOnce(
  { audience, log }: NotifyPorts,
  connection: Connection,
  notice: Notice,
): Promise<'told' | 'gone'> {
  try {
    return await audience.tell(connection.connection_id, notice);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    log.warn('a connection could not be reached; trying once more', { connection: connection.connection_id });
    return audience.tell(connection.connection_id, notice);
  }
}
