import { ConnectionError } from './errors.ts';
import type { SharedSocket } from './socket.ts';
import { isSettled, nothingKnown, PROCESS_TYPES, withNotice, withRecord } from './state.ts';
import { backoff, maySucceedLater, type Timing } from './timing.ts';
import type { VideoRecord, VideoState } from './types.ts';

export interface WatchContext {
  /** One look at the record, without retries: the watch is its own. */
  look(fileId: string, signal: AbortSignal): Promise<VideoRecord>;
  socket: SharedSocket;
  timing: Timing;
}

/**
 * Follows a video until nothing more happens to it. News come over the WebSocket; the record is looked at first, while
 * the socket is down, and when it has been quiet for long, so that nothing is missed whatever is lost. A reader that is
 * slow sees the newest state, not every one.
 *
 * @throws ClientError 404 when the video is gone, ConnectionError when the server has been silent for too long, and
 * the signal's reason.
 */
export async function* watch(
  { look, socket, timing }: WatchContext,
  fileId: string,
  signal?: AbortSignal,
): AsyncGenerator<VideoState, void, void> {
  let known = nothingKnown(fileId);
  let connected = false;
  let looking = false;
  let lookAt = Date.now();
  let failures = 0;
  let lastAnswer = Date.now();
  let failure: unknown;
  let wake = () => {};

  const stop = new AbortController();
  const lookSignal = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const heard = () => {
    lastAnswer = Date.now();
    failures = 0;
    lookAt = Date.now() + (connected ? timing.quietMs : timing.pollMs);
    wake();
  };
  const lookOnce = async () => {
    looking = true;
    try {
      const record = await look(fileId, lookSignal);
      // To what is known by now: news came in the meantime.
      known = withRecord(known, record);
      heard();
    } catch (error) {
      failures += 1;
      lookAt = Date.now() + Math.max(timing.pollMs, backoff(failures, timing));
      const silentFor = Date.now() - lastAnswer;
      if (!maySucceedLater(error)) failure = error;
      else if (silentFor > timing.giveUpMs) {
        const seconds = Math.round(silentFor / 1000);
        failure = new ConnectionError('unreachable', `The server has not answered for ${seconds} s.`, { cause: error });
      }
    } finally {
      looking = false;
      wake();
    }
  };

  const leave = socket.listen({
    notice: (notice) => {
      if (notice.type === 'connection' || notice.file_id !== fileId) return;
      known = withNotice(known, notice);
      heard();
    },
    connected: (is) => {
      connected = is;
      // Up: a snapshot follows that says what was missed; should it not, the record does.
      lookAt = Math.min(lookAt, Date.now() + timing.pollMs);
      wake();
    },
  });

  try {
    for (let told: VideoState | undefined; ; ) {
      signal?.throwIfAborted();
      if (failure) throw failure;
      const { state, seqs } = known;
      if (state !== told && PROCESS_TYPES.some((type) => seqs[type] > 0)) {
        told = state;
        yield state;
        if (isSettled(state)) return;
        continue;
      }
      if (!looking && Date.now() >= lookAt) void lookOnce();
      await new Promise<void>((resolve) => {
        const timer = looking ? undefined : setTimeout(done, Math.max(0, lookAt - Date.now()));
        wake = done;
        signal?.addEventListener('abort', done, { once: true });
        function done(): void {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        }
      });
    }
  } finally {
    leave();
    stop.abort();
  }
}
