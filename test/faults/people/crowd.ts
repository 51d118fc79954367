import { setTimeout as sleep } from 'node:timers/promises';
import type { VideoRecord } from '../../../client/types.ts';
import type { ProcessStatus } from '../../../core/process.ts';
import { isEnd } from '../checker/sightings.ts';
import type { Happening } from '../history.ts';
import { atMost } from '../kinds/waiting.ts';
import type { Random } from '../random.ts';
import { type Clip, choose } from './clips.ts';
import { insist } from './insist.ts';
import type { Person } from './person.ts';

const POLL_MS = 1_500;
/** Whoever waits longer for an end does something else. */
const PATIENCE_MS = 180_000;
/** Where nothing is in the way there is nothing else to do, and the machine may be busy. */
const UNDISTURBED_PATIENCE_MS = 600_000;
/** Whoever changes their mind does so by then. */
const WHIM_MS = 8_000;

export interface Sent {
  fileId: string;
  clip: Clip;
  /** Resolves once nobody wants anything of it any more, and it has ended as far as its sender knows. */
  over: Promise<void>;
}

export interface Crowd {
  /** Sends one; resolves when the service has accepted it and has its bytes. */
  send(person: Person, clip: Clip, sending?: Sending): Promise<Sent>;
  /** Keeps so many in the works, until the signal, and then waits for all of them. */
  keepBusy(count: number, people: readonly Person[], clips: readonly Clip[], until: AbortSignal): Promise<void>;
  /** Those that have not ended yet. */
  inFlight(): string[];
  sent(): number;
}

export interface Sending {
  fate?: Fate;
  undisturbed?: boolean;
  /** What is done once it is accepted, before its bytes are sent. */
  beforeBytes?: (fileId: string) => Promise<unknown>;
}

/** What a person does about a video that they sent: most just wait for it. */
export type Fate = 'wait' | 'cancel' | 'delete' | 'retry';
const FATES: readonly Fate[] = ['wait', 'wait', 'wait', 'wait', 'wait', 'cancel', 'delete', 'retry'];

/**
 * People who use the service as the contract says, and try again when it does not answer.
 *
 * @param giveUp ends all of it
 */
export function crowd(
  base: string,
  random: Random,
  happened: (happening: Happening) => void,
  giveUp: AbortSignal,
): Crowd {
  const flying = new Set<string>();
  let count = 0;

  const call = (path: string, init: RequestInit, isAnswer: (status: number) => boolean) =>
    insist(
      (signal) => fetch(base + path, { ...init, signal }),
      ({ status }) => isAnswer(status),
      giveUp,
    );
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(
      path,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) },
      (status) => status < 500 && status !== 429,
    );

  async function send(person: Person, clip: Clip, sending: Sending = {}): Promise<Sent> {
    const { clientId: client_id } = person;
    const { fate = 'wait', undisturbed = false, beforeBytes } = sending;
    count += 1;
    const request = { filename: `${clip.name}.mp4`, size: clip.bytes.length, content_type: 'video/mp4' };
    const once = { 'idempotency-key': `${client_id}-${count}` };
    const created = await post('/upload', { ...request, client_id, profile: clip.profile }, once);
    if (created.status !== 201) throw new Error(`POST /upload: ${created.status} ${await created.text()}`);
    const { file_id, upload } = (await created.json()) as { file_id: string; upload: { url: string; headers: object } };
    await beforeBytes?.(file_id);
    const headers = { ...upload.headers };
    // 412: it is there already, the answer was lost.
    await insist(
      (signal) => fetch(upload.url, { method: 'PUT', headers, body: clip.bytes, signal }),
      ({ status }) => status === 200 || status === 412,
      giveUp,
    );
    happened({ kind: 'accepted', file_id, client_id, variant: clip.variant, undisturbed });
    flying.add(file_id);
    return {
      fileId: file_id,
      clip,
      over: follow(person, file_id, fate, undisturbed).finally(() => flying.delete(file_id)),
    };
  }

  async function follow(person: Person, fileId: string, fate: Fate, undisturbed: boolean): Promise<void> {
    const watching = new AbortController();
    const watched = watch(fileId, watching.signal);
    try {
      if (fate === 'cancel') {
        await pause(random.int(0, WHIM_MS));
        happened({ kind: 'cancelled', file_id: fileId });
        await post(`/videos/${fileId}/cancel`, {});
      }
      if (fate === 'delete') {
        await pause(random.int(0, WHIM_MS));
        // It is stopped first, which is told to whoever listens.
        happened({ kind: 'cancelled', file_id: fileId });
        await call(`/videos/${fileId}`, { method: 'DELETE' }, (status) => status === 204 || status === 404);
        happened({ kind: 'deleted', file_id: fileId });
        return;
      }
      await told(person, fileId, 0, undisturbed ? UNDISTURBED_PATIENCE_MS : PATIENCE_MS);
      if (fate === 'retry') await retry(person, fileId);
    } finally {
      watching.abort();
      await watched;
    }
  }

  async function retry(person: Person, fileId: string): Promise<void> {
    const before = person.newest(fileId);
    let asked = 0;
    const ask = (signal: AbortSignal) => {
      asked += 1;
      return fetch(`${base}/videos/${fileId}/retry`, { method: 'POST', signal });
    };
    const { status } = await insist(ask, (answer) => answer.status < 500, giveUp);
    if (status !== 202 && asked === 1) return;
    const record = (await (await call(`/videos/${fileId}`, {}, (code) => code < 500)).json()) as VideoRecord;
    if (record.attempt === 1) return;
    // Its first change comes after the last one that was known: nothing happens to what has ended.
    happened({ kind: 'retried', file_id: fileId, attempt: record.attempt, seq: before + 1 });
    await told(person, fileId, before + 1);
  }

  /** Waits until the person has heard of the end; not for ever, since whether they do is for the checker to say. */
  async function told(person: Person, fileId: string, since: number, patienceMs = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!person.knowsEnd(fileId, since) && Date.now() < deadline) await pause(100);
  }

  /** Reads the record now and then. */
  async function watch(fileId: string, until: AbortSignal): Promise<void> {
    while (!until.aborted && !giveUp.aborted) {
      const either = atMost(10_000, until, giveUp);
      const answer = await fetch(`${base}/videos/${fileId}`, { signal: either }).catch(() => undefined);
      const record = answer?.ok ? ((await answer.json().catch(() => undefined)) as VideoRecord | undefined) : undefined;
      if (record) happened(polled(record));
      await sleep(POLL_MS, undefined, { signal: either }).catch(() => {});
    }
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: giveUp });

  return {
    send,
    inFlight: () => [...flying],
    sent: () => count,
    async keepBusy(many, people, clips, until) {
      const lane = async () => {
        while (!until.aborted) {
          const { over } = await send(random.pick(people), choose(clips, random), { fate: random.pick(FATES) });
          await over;
        }
      };
      await Promise.all(Array.from({ length: many }, lane));
    },
  };
}

function polled({ file_id, seq, attempt, processes }: VideoRecord): Happening {
  const { video_enhancement, metadata_extraction } = processes;
  return { kind: 'polled', file_id, seq, attempt, processes: { video_enhancement, metadata_extraction } };
}

/** Whether nothing more will happen to it by itself. */
export const isOver = ({ processes }: { processes: Record<string, { status: ProcessStatus }> }): boolean =>
  Object.values(processes).every(({ status }) => isEnd(status));
