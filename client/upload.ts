import { videoTypeOf } from '../core/video-type.ts';
import { deliver, type UploadContext } from './deliver.ts';
import { ClientError } from './errors.ts';
import type { Http } from './http.ts';
import { type Meter, meter } from './meter.ts';
import { sendParts } from './multipart.ts';
import type { UploadFile, UploadOptions, UploadRequested, UploadSession, VideoRecord } from './types.ts';

/** What `POST /upload` answers. */
interface Ticket {
  file_id: string;
  upload:
    | { kind: 'single'; method: 'PUT'; url: string; headers: Record<string, string> }
    | { kind: 'multipart'; part_size: number; part_count: number };
}

/** Why a name is of no more use: its upload's time is up, or it was given to another request. */
const NAMES_ANOTHER = new Set(['upload_expired', 'idempotency_conflict']);

/** Brings the file to the server, from where an earlier session left it if there is one. Answers the file_id. */
export async function upload(context: UploadContext, file: UploadFile, options: UploadOptions): Promise<string> {
  const progress = meter(file.size, options.onProgress);
  const earlier = options.resume && (await sessionOf(context, file, options.resume, options));
  if (earlier && (await resumeUpload(context, file, earlier, options, progress))) {
    progress.finish();
    return earlier.file_id;
  }
  const key = crypto.randomUUID();
  await options.onAsk?.({ idempotency_key: key });
  const ticket = await requestTicket(context, file, key, options);
  const session = sessionFor(ticket, key);
  await options.onStart?.(session);
  try {
    await sendAll(context, file, session, ticket, options, progress);
  } catch (error) {
    // The answer that said that all is there may have been lost on its way.
    if (!isFinal(error) || !(await hasArrived(context.http, ticket.file_id, options.signal))) throw error;
  }
  progress.finish();
  return ticket.file_id;
}

/** Asks once more where nothing was answered. Undefined: the name is that of an upload that is over, or of none. */
async function sessionOf(
  context: UploadContext,
  file: UploadFile,
  kept: UploadSession | UploadRequested,
  options: UploadOptions,
): Promise<UploadSession | undefined> {
  if ('file_id' in kept) return kept;
  try {
    const session = sessionFor(await requestTicket(context, file, kept.idempotency_key, options), kept.idempotency_key);
    await options.onStart?.(session);
    return session;
  } catch (error) {
    if (error instanceof ClientError && NAMES_ANOTHER.has(error.code)) return undefined;
    throw error;
  }
}

/** `false`: it cannot be continued, and what it had left on the server has been given back. */
async function resumeUpload(
  context: UploadContext,
  file: UploadFile,
  session: UploadSession,
  options: UploadOptions,
  progress: Meter,
): Promise<boolean> {
  const { http } = context;
  const standing = await standingOf(http, session.file_id, options.signal);
  if (standing !== 'open') return standing === 'whole';
  try {
    await sendAll(context, file, session, undefined, options, progress);
    return true;
  } catch (error) {
    // A lost connection leaves everything to be resumed later.
    if (!isFinal(error)) throw error;
    if (await hasArrived(http, session.file_id, options.signal)) return true;
    await abandon(http, session.file_id, options.signal);
    return false;
  }
}

async function sendAll(
  context: UploadContext,
  file: UploadFile,
  { file_id, idempotency_key, upload }: UploadSession,
  ticket: Ticket | undefined,
  options: UploadOptions,
  progress: Meter,
): Promise<void> {
  if (upload.kind === 'multipart') {
    return sendParts(context, file, { ...upload, file_id }, ticket ? 'new' : 'resumed', progress, options.signal);
  }
  let current = ticket;
  await deliver(context, {
    body: file.slice(0, file.size),
    signal: options.signal,
    onSent: (sent) => progress.part(1, sent),
    target: async (refused) => {
      if (refused || !current) current = await requestTicket(context, file, idempotency_key, options);
      if (current.file_id === file_id && current.upload.kind === 'single') return current.upload;
      // The key was forgotten, so this was a request for one more upload, which nobody wants.
      await abandon(context.http, current.file_id, options.signal);
      throw new ClientError(410, 'upload_gone', 'This upload can no longer be continued.');
    },
  });
}

/** Asks to upload. Asking again with the same key gives the same video, so a lost answer costs nothing. */
function requestTicket(
  { http, clientId }: UploadContext,
  file: UploadFile,
  key: string,
  { profile, hdr, signal }: UploadOptions,
): Promise<Ticket> {
  // Browsers do not know every container by its name, and then say nothing.
  const content_type = videoTypeOf(file) ?? file.type;
  const body = { filename: file.name, size: file.size, content_type, client_id: clientId };
  return http.json<Ticket>('POST', '/upload', {
    body: { ...body, ...(profile && { profile }), ...(hdr && { hdr }) },
    headers: { 'idempotency-key': key },
    signal,
  });
}

/** `gone`: there is nothing to continue. `open`: bytes are missing. `whole`: the server has them all. */
async function standingOf(http: Http, fileId: string, signal?: AbortSignal): Promise<'gone' | 'open' | 'whole'> {
  try {
    const { upload, processes } = await http.json<VideoRecord>('GET', `/videos/${fileId}`, { signal });
    const statuses = Object.values(processes).map(({ status }) => status);
    if (statuses.includes('failed') || statuses.includes('cancelled')) return 'gone';
    return upload.status === 'complete' ? 'whole' : 'open';
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return 'gone';
    throw error;
  }
}

/**
 * Whether the storage has the whole file, which the record learns a little later. Saying that an upload is complete is
 * idempotent: without parts, it asks.
 */
async function hasArrived(http: Http, fileId: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await http.call('POST', `/upload/${fileId}/complete`, { body: { parts: [] }, signal });
    return true;
  } catch (error) {
    if (isFinal(error)) return false;
    throw error;
  }
}

async function abandon(http: Http, fileId: string, signal?: AbortSignal): Promise<void> {
  try {
    await http.call('DELETE', `/upload/${fileId}`, { signal });
  } catch (error) {
    // Whatever could not be given back now is reclaimed by the server's own expiry.
    if (!(error instanceof ClientError)) throw error;
  }
}

/** Refused for good. */
function isFinal(error: unknown): boolean {
  return error instanceof ClientError && !error.retryable;
}

function sessionFor({ file_id, upload }: Ticket, idempotency_key: string): UploadSession {
  return { file_id, idempotency_key, upload: planOf(upload) };
}

function planOf(upload: Ticket['upload']): UploadSession['upload'] {
  return upload.kind === 'single'
    ? { kind: 'single' }
    : { kind: 'multipart', part_size: upload.part_size, part_count: upload.part_count };
}
