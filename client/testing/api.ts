import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Limits } from '../../core/limits.ts';
import { isSettled, PROCESS_TYPES } from '../state.ts';
import { bodyOf, bytesOf, empty, json, problem } from './answers.ts';
import type { Stored, UploadBody, videoShelf } from './shelf.ts';

export interface ApiOptions {
  /** Files up to this size are sent in one PUT. */
  multipartAbove: number;
  partSize: number;
}

const LIMITS: Limits = {
  upload_bytes: 1024 ** 3,
  form_bytes: 4_669_440,
  duration_seconds: 3_600,
  pixels: 35_389_440,
  frame_rate: 300,
};

/** The HTTP side of the contract, with a storage at `/s3` whose URLs differ each time they are signed. */
export function contractApi(shelf: ReturnType<typeof videoShelf>, { multipartAbove, partSize }: ApiOptions) {
  const byKey = new Map<string, Stored>();
  let signed = 0;

  return async (request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> => {
    const path = new URL(request.url ?? '/', 'http://server').pathname;
    const [, first, id = '', last] = path.split('/');
    const video = shelf.videos.get(id);
    if (path === '/healthz') return json(response, 200, { status: 'ok', version: '0', dependencies: {} });
    if (path === '/limits') return json(response, 200, LIMITS);
    if (request.method === 'POST' && path === '/upload') return begin(request, response);
    if (path === '/videos') return list(response);
    if (first === 'processed_videos' || first === 'metadata') return file(request, response, path);
    if (!video) return problem(response, 404, 'file_not_found', 'File not found');
    if (first === 's3') return put(request, response, video, last);
    if (first === 'videos') return manage(request, response, video, last);
    if (request.method === 'DELETE') return abandon(response, video);
    if (last === 'complete') return join(request, response, video);
    if (video.source) return problem(response, 409, 'upload_gone', 'This upload takes no more parts.');
    if (request.method === 'POST') return sign(request, response, id);
    const parts = [...video.parts].map(([part_number, { etag, bytes }]) => ({ part_number, etag, size: bytes.length }));
    return json(response, 200, { parts });
  };

  async function begin(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const body = await bodyOf<UploadBody>(request);
    if (!body.content_type.startsWith('video/')) return problem(response, 400, 'not_a_video', 'File must be a video');
    const key = String(request.headers['idempotency-key'] ?? randomUUID());
    const kind = body.size > multipartAbove ? 'multipart' : 'single';
    const { record } = byKey.get(key) ?? shelf.create(body, kind);
    byKey.set(key, shelf.stored(record.file_id));
    const url = `${hostOf(request)}/s3/${record.file_id}/whole?signature=${++signed}`;
    const headers = { 'content-type': body.content_type, 'content-length': String(body.size), 'if-none-match': '*' };
    return json(response, 201, {
      file_id: record.file_id,
      status: 'awaiting_upload',
      expires_at: record.upload.expires_at,
      upload:
        kind === 'single'
          ? { kind, method: 'PUT', url, headers }
          : { kind, part_size: partSize, part_count: Math.ceil(body.size / partSize) },
    });
  }

  async function sign(request: IncomingMessage, response: ServerResponse, id: string): Promise<ServerResponse> {
    const { part_numbers } = await bodyOf<{ part_numbers: number[] }>(request);
    const parts = part_numbers.map((part_number) => {
      return { part_number, url: `${hostOf(request)}/s3/${id}/${part_number}?signature=${++signed}` };
    });
    return json(response, 200, { parts });
  }

  async function put(
    request: IncomingMessage,
    response: ServerResponse,
    video: Stored,
    part: string | undefined,
  ): Promise<ServerResponse> {
    const bytes = await bytesOf(request);
    if (bytes.length !== Number(request.headers['content-length'])) return empty(response, 400);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    response.setHeader('etag', etag);
    if (part !== 'whole') {
      video.parts.set(Number(part), { etag, bytes });
      return empty(response, 200);
    }
    if (video.source) return empty(response, 412);
    shelf.arrived(video, bytes);
    return empty(response, 200);
  }

  async function join(request: IncomingMessage, response: ServerResponse, video: Stored): Promise<ServerResponse> {
    const { parts } = await bodyOf<{ parts: { part_number: number; etag: string }[] }>(request);
    const { file_id, size } = video.record;
    if (!video.source) {
      const there = parts.map(({ part_number, etag }) => {
        const part = video.parts.get(part_number);
        return part?.etag === etag ? part.bytes : undefined;
      });
      const bytes = there.filter((part) => part !== undefined);
      if (bytes.length !== Math.ceil(size / partSize)) {
        return problem(response, 400, 'invalid_parts', 'A part is missing, or has another etag.');
      }
      shelf.arrived(video, Buffer.concat(bytes));
    }
    return json(response, 200, { file_id, status: 'uploaded' });
  }

  function abandon(response: ServerResponse, video: Stored): ServerResponse {
    if (video.record.upload.status === 'complete') {
      return problem(response, 409, 'upload_complete', 'The upload is complete.');
    }
    shelf.videos.delete(video.record.file_id);
    return empty(response, 204);
  }

  function list(response: ServerResponse): ServerResponse {
    return json(response, 200, { videos: [...shelf.videos.values()].map(({ record }) => record), cursor: null });
  }

  function manage(
    request: IncomingMessage,
    response: ServerResponse,
    { record }: Stored,
    action: string | undefined,
  ): ServerResponse {
    if (action === 'cancel') {
      if (isSettled({ ...record, uploaded: true })) return problem(response, 409, 'finished', 'It is finished.');
      for (const type of PROCESS_TYPES) {
        const { status } = record.processes[type];
        if (status === 'pending' || status === 'processing')
          shelf.change(record.file_id, type, { status: 'cancelled' });
      }
      return json(response, 202, record);
    }
    if (action === 'retry') {
      if (!isSettled({ ...record, uploaded: true })) return problem(response, 409, 'in_flight', 'It is in flight.');
      record.attempt += 1;
      shelf.change(record.file_id, 'video_enhancement', { status: 'pending', progress: 0 });
      return json(response, 202, record);
    }
    if (request.method === 'GET') return json(response, 200, record);
    shelf.videos.delete(record.file_id);
    return empty(response, 204);
  }

  function file(request: IncomingMessage, response: ServerResponse, path: string): ServerResponse {
    const found = shelf.files.get(path);
    if (!found) return problem(response, 404, 'file_not_found', 'File not found');
    const size = found.body.length;
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-type': found.type,
      'content-length': size - start,
      etag: '"e"',
      ...(start > 0 && { 'content-range': `bytes ${start}-${size - 1}/${size}` }),
    });
    return response.end(found.body.subarray(start));
  }
}

function hostOf(request: IncomingMessage): string {
  return `http://${request.headers.host}`;
}
