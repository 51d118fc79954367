import type { z } from 'zod';
import { ReelightError } from '../../core/errors.ts';

/** A row in the table is not what it should be: somebody else wrote it, or we did before its shape changed. */
export class InvalidRow extends ReelightError {
  override readonly retryable = false;
}

/**
 * A row as what it stands for.
 *
 * @throws InvalidRow `invalid_row` naming the row and the attribute at fault, without its value
 */
export function readRow<T>(schema: z.ZodType<T>, row: Record<string, unknown>): T {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')} (${issue.code})`).join(', ');
  throw new InvalidRow('invalid_row', `The row ${row.pk} ${row.sk} is not valid: ${faults}`, { cause: result.error });
}

/** DynamoDB's own notation of a value, as its streams and errors carry it: the types that our rows are made of. */
export interface ImageValue {
  S?: string | undefined;
  N?: string | undefined;
  BOOL?: boolean | undefined;
  NULL?: boolean | undefined;
  L?: ImageValue[] | undefined;
  M?: Image | undefined;
}
export type Image = Record<string, ImageValue>;

/**
 * A row from DynamoDB's own notation.
 *
 * @throws InvalidRow `invalid_row` for types that no row of ours has (binary, sets)
 */
export function rowFromImage(image: Image): Record<string, unknown> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plain(name, value)]));
}

function plain(name: string, value: ImageValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map((item) => plain(name, item));
  if (value.M !== undefined) return rowFromImage(value.M);
  throw new InvalidRow('invalid_row', `The attribute ${name} has a type that no row of ours has.`);
}
