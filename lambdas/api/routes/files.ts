import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import { fileNotFound, RequestError } from '../../../core/errors.ts';
import { FileId } from '../../../core/video.ts';
import examples from '../examples.json' with { type: 'json' };
import { FileIdParam, json, Metadata, problems } from '../schemas.ts';

/** CloudFront's own answer, which is no problem document. */
const refused = {
  403: { description: 'Where people sign in: there is no cookie for it. `POST /videos/{file_id}/playback` gives one.' },
};

/**
 * The files themselves come from S3 through the edge. Only what S3 does not have falls over to here, to be answered as
 * every other error is.
 */
export function fileRoutes(app: OpenAPIHono): void {
  const videos = [
    ['/processed_videos/{file_id}', 'getEnhancedVideo', 'The enhanced video, by range'],
    [
      '/source_videos/{file_id}',
      'getSourceVideo',
      'The source as browsers play it, by range: itself where they all do, else a copy',
    ],
  ] as const;
  for (const [path, operationId, summary] of videos) {
    app.openAPIRegistry.registerPath({
      method: 'get',
      path,
      operationId,
      tags: ['Files'],
      summary,
      request: {
        params: FileIdParam,
        headers: z.object({ range: z.string().optional(), 'if-none-match': z.string().optional() }),
      },
      responses: {
        200: { description: 'The whole file', content: { 'video/mp4': { schema: binary() } } },
        206: { description: 'The range asked for', content: { 'video/mp4': { schema: binary() } } },
        304: { description: 'Not modified' },
        416: { description: 'No such range' },
        ...refused,
        ...problems(400, 404),
      },
    });
  }
  const posters = [
    ['/posters/{file_id}', 'getPoster', 'A picture of the enhanced video', 'image/jpeg'],
    [
      '/posters/{file_id}.webp',
      'getPosterAsWebp',
      'The same picture, smaller; not there where it could not be made',
      'image/webp',
    ],
  ] as const;
  for (const [path, operationId, summary, type] of posters) {
    app.openAPIRegistry.registerPath({
      method: 'get',
      path,
      operationId,
      tags: ['Files'],
      summary,
      request: { params: FileIdParam },
      responses: {
        200: { description: 'The picture', content: { [type]: { schema: binary() } } },
        304: { description: 'Not modified' },
        ...refused,
        ...problems(400, 404),
      },
    });
  }
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/metadata/{file_id}.json',
    operationId: 'getMetadata',
    tags: ['Files'],
    summary: 'Everything that is known about the source',
    request: { params: FileIdParam },
    responses: {
      200: json('The metadata document', Metadata, { completed: examples.metadata }),
      ...refused,
      ...problems(400, 404),
    },
  });
  for (const path of ['/processed_videos/:name', '/source_videos/:name', '/posters/:name', '/metadata/:name']) {
    app.get(path, (c) => {
      const id = c.req.param('name')?.replace(/\.(json|webp)$/, '');
      if (!FileId.safeParse(id).success)
        throw new RequestError(400, 'invalid_request', 'file_id: must be a UUID', 'file_id');
      throw fileNotFound();
    });
  }
}

function binary() {
  return z.any().openapi({ type: 'string', format: 'binary' });
}
