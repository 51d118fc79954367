/**
 * Every error that Reelight raises on purpose. Callers decide by class, `code` and `retryable`, never by message text.
 */
export abstract class ReelightError extends Error {
  /** Stable and machine-readable; part of the public contract where it reaches a client. */
  readonly code: string;
  /** Whether doing the same thing again later can succeed. */
  abstract readonly retryable: boolean;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The caller asked for something that cannot be had; becomes problem+json with this HTTP status. */
export class RequestError extends ReelightError {
  override readonly retryable = false;
  readonly status: number;
  /** The request field at fault, where one is. */
  readonly field: string | undefined;

  constructor(status: number, code: string, detail: string, field?: string) {
    super(code, detail);
    this.status = status;
    this.field = field;
  }
}

/** The one answer for a video that is not there, or not any more. */
export function fileNotFound(): RequestError {
  return new RequestError(404, 'file_not_found', 'File not found');
}

/** The uploaded bytes can never be processed. The message is shown to the person who uploaded them. */
export class BadInput extends ReelightError {
  override readonly retryable = false;
}

/** Something of ours or of the cloud failed; the same work may succeed later, perhaps elsewhere. */
export class TransientError extends ReelightError {
  override readonly retryable = true;
}

/** This machine has too little of something: another one may have enough, or smaller pieces may need less. */
export class ResourceError extends TransientError {}

/** Whether the machine was short of something, in our own words or in Node's. */
export function isShortage(error: unknown): boolean {
  return error instanceof ResourceError || (error instanceof Error && 'code' in error && error.code === 'ENOSPC');
}

/** An object was not where it should be, or a condition on it did not hold. */
export class ObjectConflict extends ReelightError {
  override readonly retryable = false;
}

/** The text a person may see for any thrown value; details of unexpected errors stay in the logs. */
export function reasonFor(error: unknown): { code: string; message: string } {
  if (error instanceof ReelightError) return { code: error.code, message: error.message };
  return { code: 'internal_error', message: 'Something went wrong on our side while working on this video.' };
}

/** Unknown errors count as passing: a retry costs little, a lost video costs a user. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ReelightError ? error.retryable : true;
}
