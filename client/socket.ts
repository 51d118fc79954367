import type { Notice } from '../core/notices.ts';
import { backoff, sleep, type Timing } from './timing.ts';

export interface Listener {
  notice(notice: Notice): void;
  /** The connection came up or went down. Told the present state at once. */
  connected(is: boolean): void;
}

/** One WebSocket for everybody who listens: open while somebody does, and opened again whenever it is lost. */
export interface SharedSocket {
  /** Answers how to stop listening. */
  listen(listener: Listener): () => void;
}

/** @param address asked for each connection: it may be good for one */
export function sharedSocket(address: () => Promise<string>, timing: Timing): SharedSocket {
  const listeners = new Set<Listener>();
  let open = false;
  let running: AbortController | undefined;

  const setOpen = (is: boolean) => {
    if (open === is) return;
    open = is;
    for (const listener of listeners) listener.connected(is);
  };

  const run = async (signal: AbortSignal) => {
    for (let failures = 0; !signal.aborted; ) {
      const heard = await address()
        .then((url) =>
          connectOnce(url, timing, signal, {
            open: () => setOpen(true),
            notice: (notice) => {
              for (const listener of listeners) listener.notice(notice);
            },
          }),
        )
        .catch(() => false);
      if (signal.aborted) return;
      setOpen(false);
      failures = heard ? 1 : failures + 1;
      await sleep(backoff(failures, timing), signal).catch(() => {});
    }
  };

  return {
    listen(listener) {
      listeners.add(listener);
      listener.connected(open);
      if (!running) {
        running = new AbortController();
        void run(running.signal);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        running?.abort();
        running = undefined;
        open = false;
      };
    },
  };
}

/** Resolves when the connection is lost, with whether the server ever said anything on it. Rejects where the browser forbids it. */
function connectOnce(
  url: string,
  timing: Timing,
  signal: AbortSignal,
  on: { open(): void; notice(notice: Notice): void },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = new WebSocket(url);
    let heard = false;
    let alive = true;
    const tooSlow = setTimeout(end, timing.requestMs);
    // A connection whose other end vanished looks open for hours; only an answer proves that it is.
    const pulse = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (!alive) return end();
      alive = false;
      socket.send(JSON.stringify({ action: 'ping' }));
    }, timing.pingMs);

    socket.addEventListener('open', () => {
      clearTimeout(tooSlow);
      on.open();
    });
    socket.addEventListener('message', ({ data }) => {
      heard = true;
      alive = true;
      const notice = noticeIn(data);
      if (notice && !signal.aborted) on.notice(notice);
    });
    socket.addEventListener('error', end);
    socket.addEventListener('close', end);
    signal.addEventListener('abort', end, { once: true });

    function end(): void {
      clearTimeout(tooSlow);
      clearInterval(pulse);
      signal.removeEventListener('abort', end);
      socket.removeEventListener('close', end);
      // Not waited for: the closing handshake takes an other end that may be gone.
      socket.close();
      resolve(heard);
    }
  });
}

/** Answers to pings and whatever newer servers say are no notices, and no errors either. */
function noticeIn(data: unknown): Notice | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    return isNotice(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function isNotice(message: unknown): message is Notice {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  if (message.type === 'connection') return true;
  if (message.type !== 'upload_status' && message.type !== 'status_update') return false;
  return 'file_id' in message && 'seq' in message && typeof message.seq === 'number' && Number.isFinite(message.seq);
}
