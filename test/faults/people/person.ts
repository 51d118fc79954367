import type { Notice } from '../../../core/notices.ts';
import { PROCESS_TYPES, type ProcessType } from '../../../core/process.ts';
import { isEnd } from '../checker/sightings.ts';
import type { Happening, Told } from '../history.ts';

const AGAIN_MS = 300;

/** A client with a WebSocket, which connects again whenever it is cut off, and drops what is not newer. */
export interface Person {
  clientId: string;
  /** Whether it has heard of the end of both processes, by a notice of this change or a later one. */
  knowsEnd(fileId: string, since: number): boolean;
  /** The last change of a video that it knows of. */
  newest(fileId: string): number;
  /** How often it was connected. */
  connections(): number;
  /** Goes away for good. Resolves when the connection is closed in good order. */
  leave(): Promise<void>;
}

export function person(base: string, clientId: string, happened: (happening: Happening) => void): Person {
  const known = new Map<string, Told>();
  let count = 0;
  let isLeaving = false;
  let socket: WebSocket | undefined;
  let closed = Promise.resolve();

  const connect = () => {
    if (isLeaving) return;
    count += 1;
    const connection = `${clientId}/${count}`;
    const opened = new WebSocket(`${base.replace(/^http/, 'ws')}/ws/${clientId}`);
    socket = opened;
    opened.addEventListener('message', ({ data }) => {
      const notice: Notice = JSON.parse(String(data));
      if (notice.type !== 'status_update') return;
      const { file_id, seq, process_type, status, progress, error } = notice;
      const told = { file_id, seq, process_type, status, progress, error };
      happened({ kind: 'told', client_id: clientId, connection, notice: told });
      const of = `${file_id} ${process_type}`;
      if (seq > (known.get(of)?.seq ?? 0)) known.set(of, told);
    });
    closed = new Promise((resolve) => {
      opened.addEventListener('close', () => {
        resolve();
        setTimeout(connect, AGAIN_MS).unref();
      });
    });
    opened.addEventListener('error', () => opened.close());
  };
  connect();

  const knows = (fileId: string, type: ProcessType, since: number) => {
    const told = known.get(`${fileId} ${type}`);
    return told !== undefined && told.seq >= since && isEnd(told.status);
  };
  return {
    clientId,
    // A retry leaves what is well as it is, and tells of what it begins anew.
    knowsEnd: (fileId, since) => knows(fileId, 'video_enhancement', since) && knows(fileId, 'metadata_extraction', 0),
    newest: (fileId) => Math.max(...PROCESS_TYPES.map((type) => known.get(`${fileId} ${type}`)?.seq ?? 0)),
    connections: () => count,
    async leave() {
      isLeaving = true;
      socket?.close();
      await closed;
    },
  };
}
