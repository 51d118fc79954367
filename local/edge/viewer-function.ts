import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';

/** A value in the event of a CloudFront Function; `multiValue` where the name came more than once. */
export interface Field {
  value: string;
  multiValue?: { value: string }[];
}
export type Fields = Record<string, Field>;

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html */
export interface ViewerRequest {
  method: string;
  uri: string;
  querystring: Fields;
  headers: Fields;
  cookies: Fields;
}

export interface GeneratedResponse {
  statusCode: number;
  statusDescription?: string;
  headers?: Fields;
  body?: string | { encoding: 'text' | 'base64'; data: string };
}

/** Sees a request and passes it on, changed or not, or answers it. @throws what the function throws */
export type ViewerFunction = (request: ViewerRequest, viewerIp: string) => ViewerRequest | GeneratedResponse;

/**
 * The function in a file, run as the edge runs it: in a world with the language and nothing else, and with no way to
 * make code from text, after what is done to its source before it is deployed. Values go in and out as JSON, so that nothing is shared.
 */
export function loadViewerFunction(file: URL, prepared = (source: string) => source): ViewerFunction {
  const world = createContext({ event: '' }, { codeGeneration: { strings: false, wasm: false } });
  new Script(prepared(readFileSync(file, 'utf8')), { filename: file.pathname }).runInContext(world);
  const call = new Script('JSON.stringify(handler(JSON.parse(event)))');
  return (request, viewerIp) => {
    world.event = JSON.stringify({
      version: '1.0',
      context: { eventType: 'viewer-request' },
      viewer: { ip: viewerIp },
      request,
    });
    return JSON.parse(call.runInContext(world));
  };
}

/** Not shown to functions, which cannot set them either. */
const HIDDEN =
  /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;

/** The request as a function sees it. `rawHeaders` are Node's: names and values in turn. */
export function viewerRequest(method: string, target: string, rawHeaders: readonly string[]): ViewerRequest {
  const { path, query } = splitTarget(target);
  const ofConnection = connectionTokens(rawHeaders);
  const headers = pairs(rawHeaders)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !HIDDEN.test(name) && !ofConnection.includes(name));
  const cookies = headers.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split('; '));
  return {
    method,
    uri: path,
    querystring: fields(query.split('&').filter(Boolean).map(nameAndValue)),
    headers: fields(headers.filter(([name]) => name !== 'cookie')),
    cookies: fields(cookies.filter(Boolean).map(nameAndValue)),
  };
}

export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** Back from fields to text: every value of every name, in order. */
export function joined(parts: Fields, separator: '&' | '; '): string {
  return Object.entries(parts)
    .flatMap(([name, field]) => valuesOf(field).map((value) => `${name}=${value}`))
    .join(separator);
}

export function valuesOf(field: Field): string[] {
  return field.multiValue?.map(({ value }) => value) ?? [field.value];
}

/** What `Connection` names belongs to the connection and goes no further. RFC 9110, 7.6.1 */
export function connectionTokens(rawHeaders: readonly string[]): string[] {
  return pairs(rawHeaders)
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((token) => token.trim().toLowerCase()));
}

/** Node's flat list of headers, by two. */
export function pairs(rawHeaders: readonly string[]): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, i) => [
    rawHeaders[2 * i] ?? '',
    rawHeaders[2 * i + 1] ?? '',
  ]);
}

function fields(named: readonly (readonly [string, string])[]): Fields {
  const found = new Map<string, string[]>();
  for (const [name, value] of named) found.set(name, [...(found.get(name) ?? []), value]);
  return Object.fromEntries(
    Array.from(found, ([name, [value = '', ...more]]) => [
      name,
      more.length === 0 ? { value } : { value, multiValue: [value, ...more].map((each) => ({ value: each })) },
    ]),
  );
}

function nameAndValue(part: string): [string, string] {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}
