import type { asyncApi } from './asyncapi.ts';
import { codeTables } from './codes.ts';
import type { OpenApi, Operation } from './openapi.ts';

type Json = Record<string, unknown>;

/** `API.md`: the two documents as people read them. */
export function markdown(http: OpenApi, live: ReturnType<typeof asyncApi>): string {
  const lines = [
    '# The API',
    '',
    'Made by `npm run docs` from the schemas that check requests: change those, not this. The same as',
    '[OpenAPI](docs/api/openapi.json) and [AsyncAPI](docs/api/asyncapi.json); a running Reelight shows it at `/docs` and',
    '`/redoc`.',
    '',
    http.info.description,
    '',
    '## HTTP',
    '',
    'Errors are `application/problem+json` (RFC 9457) with a stable [`code`](#codes).',
    '',
  ];
  for (const [path, operations] of Object.entries(http.paths)) {
    for (const [method, operation] of Object.entries(operations)) lines.push(...call(method, path, operation));
  }
  lines.push(...codeTables(), '## Schemas', '');
  for (const [name, schema] of Object.entries(http.components.schemas)) {
    lines.push(`### ${name}`, '', ...fields(schema as Json), '');
  }
  lines.push(`## WebSocket: \`${live.channels.live.address}\``, '', live.info.description, '');
  for (const { title, summary, payload, examples } of Object.values(live.channels.live.messages)) {
    lines.push(`### ${title}`, '', summary, '', ...fields(payload as Json), '');
    for (const { payload: said } of examples ?? []) lines.push(...sample(said));
  }
  const { description, messages } = live.channels.tasks;
  lines.push('## RabbitMQ', '', description, '', ...fields(messages.task.payload as Json), '');
  return lines.join('\n');
}

function call(method: string, path: string, { summary = '', parameters = [], requestBody, responses }: Operation) {
  const lines = [`### \`${method.toUpperCase()} ${path}\``, '', `${summary}.`, ''];
  const asked = parameters.filter((parameter) => parameter.in !== 'path');
  for (const { name, in: where, required, schema } of asked) {
    lines.push(`- \`${name}\` (${where}${required ? ', required' : ''}): ${typeOf(schema)}`);
  }
  for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) {
    lines.push(`- body, \`${type}\`: ${typeOf(schema)}`);
  }
  if (lines.length > 4) lines.push('');
  lines.push('| answer | what | body |', '| --- | --- | --- |');
  for (const [status, { description, content = {} }] of Object.entries(responses)) {
    const bodies = Object.entries(content).map(([type, { schema }]) => `\`${type}\`: ${typeOf(schema)}`);
    lines.push(`| ${status} | ${description} | ${bodies.join('<br>')} |`);
  }
  lines.push('');
  for (const { examples = {} } of Object.values(responses).flatMap(({ content = {} }) => Object.values(content))) {
    for (const [name, { value }] of Object.entries(examples)) {
      lines.push('<details>', `<summary>Example: ${name}</summary>`, '', ...sample(value), '</details>', '');
    }
  }
  return lines;
}

/** A real answer as people read it: of a long list of numbers, the first few. */
function sample(value: unknown): string[] {
  const shorter = (_: string, each: unknown) =>
    Array.isArray(each) && each.length > 8 && each.every((item) => typeof item === 'number')
      ? [...each.slice(0, 3), `… ${each.length} numbers in all`]
      : each;
  return ['```json', JSON.stringify(value, shorter, 2), '```', ''];
}

/** A schema as a table of its fields; those of alternatives one after the other. */
function fields(schema: Json): string[] {
  if (Array.isArray(schema.allOf)) {
    return (schema.allOf as Json[]).flatMap((part) =>
      part.$ref ? [`All of ${typeOf(part)}, and:`, ''] : fields(part),
    );
  }
  const alternatives = (schema.oneOf ?? schema.anyOf) as Json[] | undefined;
  if (alternatives) return alternatives.flatMap((each) => [...fields(each), '']);
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  if (properties.length === 0) return [typeOf(schema)];
  const required = new Set((schema.required ?? []) as string[]);
  return [
    '| field | type | |',
    '| --- | --- | --- |',
    ...properties.map(([name, property]) => {
      const said = [required.has(name) ? '' : 'optional', String(property.description ?? '')].filter(Boolean);
      return `| \`${name}\` | ${typeOf(property)} | ${said.join('. ')} |`;
    }),
  ];
}

/** A type in a few words: what it is, not every rule it obeys. */
function typeOf(schema: unknown): string {
  const {
    $ref,
    type,
    enum: values,
    const: value,
    items,
    format,
    properties,
    oneOf,
    anyOf,
    additionalProperties,
  } = (schema ?? {}) as Json;
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (value !== undefined) return `\`${JSON.stringify(value)}\``;
  if (Array.isArray(values)) return values.map((each) => `\`${JSON.stringify(each)}\``).join(' or ');
  const alternatives = (oneOf ?? anyOf) as unknown[] | undefined;
  if (alternatives) return alternatives.map(typeOf).join(' or ');
  if (type === 'array') return `list of ${typeOf(items)}`;
  if (properties) {
    return `object of ${Object.keys(properties as object)
      .map((name) => `\`${name}\``)
      .join(', ')}`;
  }
  if (type === 'object') return additionalProperties ? `object of ${typeOf(additionalProperties)} by name` : 'object';
  const named = Array.isArray(type) ? type.join(' or ') : String(type ?? 'anything');
  return format ? `${named} (${format})` : named;
}
