import { ReelightError } from '../core/errors.ts';

/** The server understood and said no (RFC 9457 problem+json), or said something that is no answer at all. */
export class ClientError extends ReelightError {
  override readonly retryable: boolean;
  readonly status: number;
  /** The request field at fault, where one is. */
  readonly field: string | undefined;
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: { field?: string | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super(code, detail);
    this.status = status;
    this.field = extra.field;
    this.retryAfterMs = extra.retryAfterMs;
    this.retryable = status >= 500 || status === 429 || status === 408;
  }

  get detail(): string {
    return this.message;
  }
}

/** Nothing came back: `unreachable`, `timeout` (no answer in time) or `interrupted` (the answer broke off). */
export class ConnectionError extends ReelightError {
  override readonly retryable = true;
}

/** The file could be opened but not read: `file_changed`. */
export class FileError extends ReelightError {
  override readonly retryable = false;
}

/** Reads a refusal. Whatever the body is, the status makes an error of it. */
export async function problemOf(response: Response): Promise<ClientError> {
  const { code, detail, title, field } = await readProblem(response);
  const said = text(detail) ?? text(title) ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new ClientError(response.status, text(code) ?? `http_${response.status}`, said, {
    field: text(field),
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
  });
}

async function readProblem(
  response: Response,
): Promise<Partial<Record<'code' | 'detail' | 'title' | 'field', unknown>>> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?json\b/.test(type)) {
    await response.body?.cancel();
    return {};
  }
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Only the seconds form: our servers send no dates. */
function retryAfter(header: string | null): number | undefined {
  return header && /^\d{1,4}$/.test(header) ? Number(header) * 1000 : undefined;
}
