import { ClientError, type VideoState } from '../client/index.ts';
import { ReelightError } from '../core/errors.ts';

/** The server ended the job without a result; the message is its reason. */
export class JobFailed extends ReelightError {
  override readonly retryable = false;
}

/** In words for the person whose video it is; nothing when both processes were completed. */
export function failureOf({ processes }: VideoState): JobFailed | undefined {
  const parts = [
    ['enhancement', processes.video_enhancement],
    ['metadata', processes.metadata_extraction],
  ] as const;
  const failed = parts.filter(([, { status }]) => status !== 'completed');
  if (failed.length === 0) return undefined;
  const reasons = failed.map(([what, { status, error }]) => ({ what, reason: error ?? `it was ${status}` }));
  const [first, second] = reasons;
  // Both mostly fail for the same reason: the file.
  const same = first?.reason === second?.reason;
  const message = same ? `${first?.reason}` : reasons.map(({ what, reason }) => `${what}: ${reason}`).join('; ');
  const cancelled = failed.every(([, { status }]) => status === 'cancelled');
  return new JobFailed(cancelled ? 'cancelled_elsewhere' : 'job_failed', message);
}

/** Its record is gone: somebody removed it. */
export function isDeleted(error: unknown): boolean {
  return error instanceof ClientError && error.status === 404;
}

export function codeOf(error: unknown): string {
  if (error instanceof ReelightError) return error.code;
  return (error as NodeJS.ErrnoException).code ?? 'internal_error';
}

/** What is wrong, and where a token comes from when that is what is missing. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = error instanceof ClientError && error.status === 401;
  return unknown ? `${message} Give a token by REELIGHT_TOKEN or --token.` : message;
}

/** What a person is told of any error: what is wrong, and whether to try again. */
export function messageOf(error: unknown): string {
  if (isDeleted(error)) return 'It was deleted on the server meanwhile.';
  const message = reasonOf(error);
  const passing = error instanceof ReelightError && error.retryable;
  return passing ? `${message} The same command goes on where this one stopped.` : message;
}
