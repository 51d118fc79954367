import type { OpenApi, Operation } from '../openapi.ts';
import { asDocumented } from './scripts.ts';

/* Requests of the collection, made of the operations in the OpenAPI document. https://schema.postman.com, v2.1.0 */

export interface Item {
  name: string;
  event?: { listen: 'prerequest' | 'test'; script: { type: 'text/javascript'; exec: string[] } }[];
  request: {
    method: string;
    description?: string;
    auth?: Auth;
    url: string | { raw: string; host: string[]; path: string[]; query: Field[] };
    header: Field[];
    body?: object;
  };
}

/** How requests say who asks; a request's own before the collection's. */
export type Auth = { type: 'noauth' } | { type: 'bearer'; bearer: { key: string; value: string; type: 'string' }[] };

export interface Field {
  key: string;
  value: string;
  description?: string;
  disabled?: true;
}

/** What a request is to have beside what the document says of it. */
export interface Wishes {
  name?: string;
  /** Which body, where an operation takes several. */
  body?: 'application/json' | 'multipart/form-data';
  /** In place of the sample values, in a JSON body. */
  values?: Record<string, unknown>;
  /** Headers that are to be sent. */
  headers?: Record<string, string>;
  before?: string[];
  /** In place of the check that it answers as documented. */
  after?: string[];
}

export const FILE = 'examples/big-buck-bunny.mp4';
/** Collection variables that fields of the same name take their values from. */
const VARIABLES = new Set(['filename', 'size', 'content_type', 'client_id', 'profile']);

export function requestsOf(http: OpenApi) {
  const found = new Map<string, { method: string; path: string; operation: Operation }>();
  for (const [path, operations] of Object.entries(http.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      found.set(operation.operationId, { method, path, operation });
    }
  }

  return function request(operationId: string, wishes: Wishes = {}): Item {
    const { method, path, operation } = found.get(operationId) ?? never(operationId);
    const { summary = '', description, parameters = [], requestBody, responses } = operation;
    const url = path.replaceAll(/\{(\w+)\}/g, '{{$1}}');
    const fields = (where: string) => parameters.filter((parameter) => parameter.in === where).map(fieldOf);
    const query = fields('query');
    const asked = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
    const type = wishes.body ?? Object.keys(requestBody?.content ?? {})[0];
    return {
      name: wishes.name ?? summary,
      event: [
        ...(wishes.before ? [event('prerequest', wishes.before)] : []),
        event('test', wishes.after ?? asDocumented(responses)),
      ],
      request: {
        method: method.toUpperCase(),
        ...(description && { description }),
        url: {
          raw: `{{baseUrl}}${url}${asked.length > 0 ? `?${asked.join('&')}` : ''}`,
          host: ['{{baseUrl}}'],
          path: url.slice(1).split('/'),
          query,
        },
        header: [
          ...fields('header').filter(({ key }) => !wishes.headers?.[key]),
          ...Object.entries(wishes.headers ?? {}).map(([key, value]) => ({ key, value })),
          ...(type === 'application/json' ? [{ key: 'content-type', value: type }] : []),
        ],
        ...(type && { body: bodyOf(http, type, requestBody?.content[type]?.schema, wishes.values) }),
      },
    };
  };
}

export function event(listen: 'prerequest' | 'test', exec: string[]) {
  return { listen, script: { type: 'text/javascript' as const, exec } };
}

type Schema = {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minimum?: number;
  enum?: unknown[];
  format?: string;
  description?: string;
};

function bodyOf(http: OpenApi, type: string, schema: unknown, values: Record<string, unknown> = {}): object {
  const { properties = {}, required = [] } = resolved(http, schema as Schema);
  if (type === 'application/json') {
    const sample = {
      ...Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, sampleOf(of, name)])),
    };
    // A number is not quoted.
    const raw = JSON.stringify({ ...sample, ...values }, null, 2).replaceAll(/"(\{\{\w*size\}\})"/g, '$1');
    return { mode: 'raw', raw, options: { raw: { language: 'json' } } };
  }
  return {
    mode: 'formdata',
    formdata: Object.entries(properties).map(([key, of]) => ({
      key,
      ...(of.format === 'binary' ? { type: 'file', src: FILE } : { type: 'text', value: String(sampleOf(of, key)) }),
      ...(of.description && { description: of.description }),
      ...(!required.includes(key) && !VARIABLES.has(key) && { disabled: true }),
    })),
  };
}

function resolved(http: OpenApi, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name ? (http.components.schemas[name] as Schema) : schema;
}

function sampleOf({ enum: values, type, items, minItems, minimum }: Schema, name: string): unknown {
  if (VARIABLES.has(name)) return `{{${name}}}`;
  if (values) return values[0];
  if (type === 'array') return minItems && items ? [sampleOf(items, '')] : [];
  return type === 'integer' ? (minimum ?? 1) : '';
}

function fieldOf({ name, description, required }: NonNullable<Operation['parameters']>[number]): Field {
  return {
    key: name,
    value: VARIABLES.has(name) ? `{{${name}}}` : '',
    ...(description && { description }),
    ...(!required && { disabled: true as const }),
  };
}

function never(operationId: string): never {
  throw new Error(`The OpenAPI document has no operation ${operationId}.`);
}
