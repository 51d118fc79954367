import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { fileNotFound, RequestError } from '../../../core/errors.ts';
import type { Owner, Shelf } from '../../../core/owner.ts';
import type { Video } from '../../../core/video.ts';
import { cancelWork } from '../../../pipeline/cancel.ts';
import { deleteVideo } from '../../../pipeline/delete-video.ts';
import { retry } from '../../../pipeline/retry.ts';
import type { ForCaller } from '../caller.ts';
import examples from '../examples.json' with { type: 'json' };
import { presentState, presentVideo } from '../present.ts';
import {
  FileIdParam,
  json,
  ListQuery,
  ProcessState,
  problems,
  RetryRequest,
  VideoList,
  VideoRecord,
} from '../schemas.ts';

/** CloudFront says so, before anybody else hears of it. */
const tooLong = { description: 'The address, with its query, is longer than 8,192 characters' };

/** What is known of videos, and what can be done to them. */
export function videoRoutes(app: OpenAPIHono, own: ForCaller): void {
  const find = async (c: Context, fileId: string): Promise<Video> => {
    const video = await own(c).videos.get(fileId);
    if (!video) throw fileNotFound();
    return video;
  };

  app.openapi(
    createRoute({
      method: 'get',
      path: '/videos',
      operationId: 'listVideos',
      tags: ['Videos'],
      summary: "A client's videos, newest first",
      request: { query: ListQuery },
      responses: { 200: json('One page', VideoList), ...problems(400, 401), 413: tooLong },
    }),
    async (c) => {
      const { client_id, q, limit, cursor } = c.req.valid('query');
      const { owner, videos } = own(c);
      const page = await videos.list(shelfOf(owner, client_id), { query: q, limit, cursor });
      return c.json({ videos: page.videos.map(presentVideo), cursor: page.cursor }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: 'get',
      path: '/videos/{file_id}',
      operationId: 'getVideo',
      tags: ['Videos'],
      summary: 'The whole record of a video',
      request: { params: FileIdParam },
      responses: { 200: json('The record', VideoRecord, { completed: examples.video }), ...problems(400, 401, 404) },
    }),
    async (c) => c.json(presentVideo(await find(c, c.req.valid('param').file_id)), 200),
  );

  app.openapi(
    createRoute({
      method: 'post',
      path: '/videos/{file_id}/cancel',
      operationId: 'cancelVideo',
      tags: ['Videos'],
      summary: 'Stop the work on a video',
      request: { params: FileIdParam },
      responses: { 202: json('The record, cancelled', VideoRecord), ...problems(400, 401, 404, 409) },
    }),
    async (c) => c.json(presentVideo(await cancelWork(own(c), c.req.valid('param').file_id)), 202),
  );

  app.openapi(
    createRoute({
      method: 'post',
      path: '/videos/{file_id}/retry',
      operationId: 'retryVideo',
      tags: ['Videos'],
      summary: 'Work on a video once more, with the same profile or another',
      request: { params: FileIdParam, body: json('', RetryRequest) },
      responses: { 202: json('The record of the new attempt', VideoRecord), ...problems(400, 401, 404, 409, 429, 503) },
    }),
    async (c) => {
      // No body at all is as good as an empty one: then nothing was validated.
      const changes: z.infer<typeof RetryRequest> = c.req.valid('json') ?? {};
      return c.json(presentVideo(await retry(own(c), c.req.valid('param').file_id, changes)), 202);
    },
  );

  app.openapi(
    createRoute({
      method: 'delete',
      path: '/videos/{file_id}',
      operationId: 'deleteVideo',
      tags: ['Videos'],
      summary: 'Remove a video: every object and every row',
      request: { params: FileIdParam },
      responses: { 204: { description: 'Gone' }, ...problems(400, 401, 404) },
    }),
    async (c) => {
      await deleteVideo(own(c), c.req.valid('param').file_id);
      return c.body(null, 204);
    },
  );

  const statusRoutes = [
    ['/internal/video-enhancement-status/{file_id}', 'video_enhancement', 'getEnhancementStatus', examples.enhancement],
    ['/internal/metadata-extraction-status/{file_id}', 'metadata_extraction', 'getMetadataStatus', examples.extraction],
  ] as const;
  for (const [path, type, operationId, shown] of statusRoutes) {
    app.openapi(
      createRoute({
        method: 'get',
        path,
        operationId,
        tags: ['Status'],
        summary: `Where ${type.replace('_', ' ')} stands`,
        request: { params: FileIdParam },
        responses: { 200: json('The state', ProcessState, shown), ...problems(400, 401, 404) },
      }),
      async (c) => c.json(presentState((await find(c, c.req.valid('param').file_id)).processes[type]), 200),
    );
  }
}

/** A client's videos; with sign-in, without a client, all that are theirs. */
function shelfOf(owner: Owner, client_id: string | undefined): Shelf {
  if (client_id !== undefined) return { owner, client_id };
  if (owner !== null) return { owner };
  throw new RequestError(400, 'invalid_request', 'client_id: is needed where nobody signs in', 'client_id');
}
