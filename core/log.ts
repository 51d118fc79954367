import { ReelightError } from './errors.ts';

export type Fields = Record<string, string | number | boolean | null | undefined>;

/** Structured logs: one JSON object a line. Never pass an event, a body, a URL or a credential. */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, error: unknown, fields?: Fields): void;
  /** A logger whose lines all carry these fields. */
  with(fields: Fields): Log;
}

/**
 * A log of lines of JSON, with the time and the level of each.
 *
 * @param base what else each line has
 */
export function jsonLog(write: (line: string) => void, base: Fields = {}): Log {
  const line = (level: string, message: string, fields: Fields = {}) =>
    write(JSON.stringify({ level, time: new Date().toISOString(), message, ...base, ...fields }));
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, error, fields) => line('error', message, { ...fields, ...describe(error) }),
    with: (fields) => jsonLog(write, { ...base, ...fields }),
  };
}

export const silentLog: Log = jsonLog(() => {});

function describe(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: error.message,
    error_name: error.name,
    error_code: error instanceof ReelightError ? error.code : undefined,
    stack: error.stack,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  };
}
