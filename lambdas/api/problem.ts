import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { RequestError, TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { Overuse } from '../../core/use-limits.ts';

/** Every error answer: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457 */
export const Problem = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string().openapi({ example: 'Not Found' }),
    status: z.int().openapi({ example: 404 }),
    detail: z.string().openapi({ example: 'File not found' }),
    code: z.string().openapi({ description: 'Stable and machine-readable.', example: 'file_not_found' }),
    field: z.string().optional().openapi({ description: 'The field at fault, where there is one.' }),
  })
  .openapi('Problem');
type Problem = z.infer<typeof Problem>;

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export function problem(status: number, code: string, detail: string, field?: string): Response {
  const body: Problem = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(field && { field }),
  };
  // Nobody on the way may keep it: what is not there yet may be in a moment.
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  return Response.json(body, { status, headers });
}

/** What a schema found wrong, as one problem that names the first field at fault. */
export function invalid(error: z.ZodError): Response {
  const [issue] = error.issues;
  const at = issue?.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : (issue?.path ?? []);
  const field = at.join('.') || 'body';
  if (field === 'content_type') return problem(400, 'not_a_video', `File must be a video: ${issue?.message}`, field);
  const message = issue?.code === 'unrecognized_keys' ? 'is not known here' : issue?.message;
  return problem(400, 'invalid_request', `${field}: ${message}`, field);
}

function comeBack({ status, code, message, retryAfterSeconds }: Overuse): Response {
  const refused = problem(status, code, message);
  refused.headers.set('retry-after', String(retryAfterSeconds));
  return refused;
}

/** Turns whatever a route threw into an answer; what is unexpected is logged, not told. */
export function onError(log: Log): (error: Error, c: Context) => Response {
  return (error, c) => {
    if (error instanceof Overuse) return comeBack(error);
    if (error instanceof RequestError) {
      const answer = problem(error.status, error.code, error.message, error.field);
      // RFC 9110, 15.5.2
      if (error.status === 401) answer.headers.set('www-authenticate', 'Bearer');
      return answer;
    }
    // Hono's own refusals, such as a body that is no JSON.
    if (error instanceof HTTPException) return problem(error.status, 'invalid_request', error.message);
    log.error('a request failed', error, { method: c.req.method, route: c.req.routePath });
    if (error instanceof TransientError) return problem(503, error.code, 'Busy: try again in a moment.');
    return problem(500, 'internal_error', 'Something went wrong on our side. Try again in a moment.');
  };
}
