import type { StatusUpdate } from '../../core/notices.ts';
import type { ProcessStatus, ProcessType } from '../../core/process.ts';

/** What a process looked like to somebody who looked. */
export interface Sight {
  status: ProcessStatus;
  progress: number;
  error: string | null;
}

/** What happened, as seen from outside: by those who use the service, and by those who harm it. */
export type Happening =
  | Accepted
  | Retried
  /** Somebody asked for an end, and the service agreed. */
  | { kind: 'cancelled' | 'deleted'; file_id: string }
  /** A notice reached a client's connection, in the order of arrival. */
  | { kind: 'told'; client_id: string; connection: string; notice: Told }
  /** A video that was cut, in one moment: how many pieces its record has counted, and how many rows say that they are done. */
  | { kind: 'counted'; file_id: string; counted: number; done: number }
  /** Somebody read the record. */
  | { kind: 'polled'; file_id: string; seq: number; attempt: number; processes: Record<ProcessType, Sight> };

/** A video was sent: from here on the service answers for it. */
export interface Accepted {
  kind: 'accepted';
  file_id: string;
  client_id: string;
  /** Which of the undisturbed outputs it has to equal; null for bytes that hold no video. */
  variant: string | null;
  /** Sent while nothing was disturbed: no excuse counts. */
  undisturbed?: boolean;
}

/** Another attempt was begun, by the change that has this `seq`. */
export interface Retried {
  kind: 'retried';
  file_id: string;
  attempt: number;
  seq: number;
}

export type Told = Pick<StatusUpdate, 'file_id' | 'seq' | 'process_type' | 'status' | 'progress' | 'error'>;

/** What there is when all is over and everybody has gone. */
export interface Remains {
  /** The records, by file id. */
  videos: Map<string, FinalVideo>;
  /** `bucket:key` of every object, and of every multipart upload that is neither complete nor aborted. */
  objects: string[];
  uploads: string[];
  /** The table's rows but for the records themselves. */
  rows: { pk: string; sk: string; file_id?: string; used?: number }[];
  /** Messages by queue, of the broker and of SQS: those that are ready and those in somebody's hands. */
  queues: Record<string, number>;
  /** The videos of parked tasks, with the reason; null for what is no task. */
  parked: { file_id: string | null; reason: string }[];
  /** Files and folders of workers, and programs of theirs that still run. */
  scratch: string[];
  programs: string[];
}

export interface FinalVideo {
  attempt: number;
  processes: Record<ProcessType, Sight>;
  /** How long the chunks were that it was cut into, in the end; 0 when not at all. */
  chunk_seconds: number;
  /** `bucket:key` of what belongs to it: its source and its outputs. */
  objects: string[];
  /** What its enhanced video decodes to; null where there is none. */
  pictures: string | null;
}

export interface History {
  happenings: Happening[];
  /** What the undisturbed outputs decode to, by what `madeAs` calls them. */
  reference: Map<string, string>;
  remains: Remains;
}

/** One plan has one output; a plan that fails is replaced by one with shorter chunks, whose joints lie elsewhere. */
export const madeAs = (variant: string, chunkSeconds: number): string => `${variant}, in ${chunkSeconds} s`;

/** A promise that was not kept. */
export interface Violation {
  rule: string;
  /** The video, client, queue or object that it happened to. */
  what: string;
  detail: string;
}
