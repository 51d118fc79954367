import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { RequestError } from '../../../core/errors.ts';
import { FORM_UPLOAD_LIMIT } from '../../../core/limits.ts';
import { standingOf } from '../../../core/standing.ts';
import { traceparent } from '../../../core/trace.ts';
import { videoTypeOf } from '../../../core/video-type.ts';
import { acceptUpload } from '../../../pipeline/accept-upload.ts';
import { abandonUpload, completeUpload, listUploadedParts, signParts } from '../../../pipeline/continue-upload.ts';
import { receiveForm } from '../../../pipeline/receive-form.ts';
import type { ApiPorts } from '../app.ts';
import type { ForCaller } from '../caller.ts';
import { invalid } from '../problem.ts';
import {
  ClientId,
  CompleteAnswer,
  CompleteRequest,
  FileIdParam,
  FormAnswer,
  FormFields,
  formUpload,
  json,
  PartsRequest,
  problems,
  SignedParts,
  UploadAnswer,
  UploadedParts,
  uploadRequest,
} from '../schemas.ts';
import type { ApiSettings } from '../settings.ts';

const IdempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters')
    .optional()
    .openapi({
      description:
        'A repeat of the same request by the same client within a day gets the first answer, of JSON and of a form. With ' +
        'another request, or other bytes, the key is refused by 409.',
    }),
});

const ClientQuery = z.object({
  client_id: ClientId.optional().openapi({
    description: 'Where neither the JSON nor the form names one.',
  }),
});

/** The way bytes come in. They go to S3 directly; only small forms pass through here. */
export function uploadRoutes(app: OpenAPIHono, own: ForCaller, { maxUpload }: ApiSettings): void {
  const UploadRequest = uploadRequest(maxUpload);

  const start = createRoute({
    method: 'post',
    path: '/upload',
    operationId: 'startUpload',
    tags: ['Uploads'],
    summary: 'Start an upload, or send a small file as a form',
    request: {
      headers: IdempotencyKey,
      query: ClientQuery,
      body: {
        required: true,
        content: {
          'application/json': { schema: UploadRequest },
          'multipart/form-data': {
            schema: FormFields,
            encoding: { file: { contentType: 'video/mp4, video/quicktime, video/webm, video/x-matroska' } },
          },
        },
      },
    },
    responses: {
      201: json('Where to send the bytes', UploadAnswer),
      200: json('The form was taken', FormAnswer),
      ...problems(400, 401, 409, 410, 413, 415, 429, 503),
    },
  });
  app.openAPIRegistry.registerPath(start);
  app.post('/upload', async (c) => {
    const type = c.req.header('content-type') ?? '';
    const query = ClientQuery.safeParse({ client_id: c.req.query('client_id') });
    if (!query.success) return invalid(query.error);
    const { client_id } = query.data;
    if (/^application\/json\b/i.test(type)) return startUpload(own(c), c.req.raw, client_id);
    if (/^multipart\/form-data\b/i.test(type)) return takeForm(own(c), c.req.raw, client_id);
    throw new RequestError(
      415,
      'unsupported_media_type',
      'Send application/json, or a small file as multipart/form-data.',
    );
  });

  async function startUpload(ports: ApiPorts, request: Request, clientInQuery: string | undefined): Promise<Response> {
    const text = await request.text();
    const body = UploadRequest.safeParse(parseJson(text));
    if (!body.success) return invalid(body.error);
    const headers = keyIn(request);
    if (!headers.success) return invalid(headers.error);
    const wanted = { ...body.data, client_id: body.data.client_id ?? clientInQuery };
    const once = onceBy(headers.data, JSON.stringify(wanted));
    const follows = traceparent(request.headers.get('traceparent'));
    const accepted = await acceptUpload(ports, { ...wanted, follows }, once);
    const { file_id, upload } = accepted.video;
    const answer = {
      file_id,
      status: 'awaiting_upload',
      expires_at: upload.expires_at,
      upload: accepted.upload,
    } as const;
    return Response.json(answer satisfies z.infer<typeof UploadAnswer>, { status: 201 });
  }

  async function takeForm(ports: ApiPorts, request: Request, clientInQuery: string | undefined): Promise<Response> {
    const form = await request.formData().catch(() => undefined);
    const file = form?.get('file');
    if (!form || !(file instanceof File)) {
      throw new RequestError(400, 'missing_file', 'The form needs a field "file" with the video.', 'file');
    }
    if (file.size > FORM_UPLOAD_LIMIT) {
      const detail = `A form can carry ${FORM_UPLOAD_LIMIT} bytes. For larger files POST /upload with application/json and PUT the file to the presigned URL it answers.`;
      throw new RequestError(413, 'payload_too_large', detail, 'file');
    }
    const known = new Set(['file', 'client_id', 'profile', 'hdr']);
    const unknown = [...form.keys()].find((name) => !known.has(name));
    if (unknown) throw new RequestError(400, 'invalid_request', `${unknown}: is not known here`, unknown);
    const checked = formUpload(maxUpload).safeParse({
      filename: file.name || 'video',
      size: file.size,
      content_type: declaredType(file),
      client_id: form.get('client_id') ?? clientInQuery,
      profile: form.get('profile') ?? undefined,
      hdr: form.get('hdr') ?? undefined,
    });
    if (!checked.success) return invalid(checked.error);
    const headers = keyIn(request);
    if (!headers.success) return invalid(headers.error);
    const { client_id, ...rest } = checked.data;
    const wanted = { ...rest, client_id, follows: traceparent(request.headers.get('traceparent')) };
    const bytes = new Uint8Array(await file.arrayBuffer());
    const once = onceBy(headers.data, 'form', JSON.stringify(checked.data), bytes);
    const video = await receiveForm(ports, wanted, bytes, once);
    const answer = { file_id: video.file_id, message: 'Video uploaded successfully' } as const;
    return Response.json(answer satisfies z.infer<typeof FormAnswer>);
  }

  app.openapi(
    createRoute({
      method: 'post',
      path: '/upload/{file_id}/parts',
      operationId: 'signParts',
      tags: ['Uploads'],
      summary: 'Sign URLs for parts, just in time',
      request: { params: FileIdParam, body: { required: true, ...json('', PartsRequest) } },
      responses: { 200: json('One URL a part', SignedParts), ...problems(400, 401, 404, 409) },
    }),
    async (c) => {
      const parts = await signParts(own(c), c.req.valid('param').file_id, c.req.valid('json').part_numbers);
      return c.json({ parts }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: 'get',
      path: '/upload/{file_id}/parts',
      operationId: 'listParts',
      tags: ['Uploads'],
      summary: 'The parts S3 already has, for resuming',
      request: { params: FileIdParam },
      responses: { 200: json('Parts by number', UploadedParts), ...problems(400, 401, 404, 409) },
    }),
    async (c) => c.json({ parts: await listUploadedParts(own(c), c.req.valid('param').file_id) }, 200),
  );

  app.openapi(
    createRoute({
      method: 'post',
      path: '/upload/{file_id}/complete',
      operationId: 'completeUpload',
      tags: ['Uploads'],
      summary: 'Say that every part is there (idempotent)',
      request: { params: FileIdParam, body: { required: true, ...json('', CompleteRequest) } },
      responses: { 200: json('Where the video stands', CompleteAnswer), ...problems(400, 401, 404, 409) },
    }),
    async (c) => {
      const video = await completeUpload(own(c), c.req.valid('param').file_id, c.req.valid('json').parts);
      return c.json({ file_id: video.file_id, status: standingOf(video) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: 'delete',
      path: '/upload/{file_id}',
      operationId: 'abandonUpload',
      tags: ['Uploads'],
      summary: 'Give an upload up; its parts are reclaimed',
      request: { params: FileIdParam },
      responses: { 204: { description: 'Gone' }, ...problems(400, 401, 404, 409) },
    }),
    async (c) => {
      await abandonUpload(own(c), c.req.valid('param').file_id);
      return c.body(null, 204);
    },
  );
}

const keyIn = (request: Request) =>
  IdempotencyKey.safeParse({ 'idempotency-key': request.headers.get('idempotency-key') ?? undefined });

/** The key, and what tells a repeat of this request from another one. Nothing where there is no key. */
function onceBy({ 'idempotency-key': key }: z.infer<typeof IdempotencyKey>, ...request: (string | Uint8Array)[]) {
  if (key === undefined) return undefined;
  const hash = createHash('sha256');
  for (const part of request) hash.update(part);
  return { key, fingerprint: hash.digest('hex') };
}

/** What a form says of its file. curl calls whatever it does not know a stream of bytes, which says nothing: then the name does. */
function declaredType({ name, type }: File): string {
  return /^application\/octet-stream\b/.test(type) ? (videoTypeOf({ name }) ?? type) : type;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'invalid_json', 'The body is not valid JSON.', 'body');
  }
}
