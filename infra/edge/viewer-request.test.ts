import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORM_UPLOAD_LIMIT } from '../../core/limits.ts';
import { ClientId } from '../../core/video.ts';
import { joined, loadViewerFunction, viewerRequest } from '../../local/edge/viewer-function.ts';
import { EDGE_CASES, SOCKET_CASES } from '../../test/edge/cases.ts';
import { OPEN_CALLS } from '../routes.ts';

const file = new URL('viewer-request.js', import.meta.url);
const source = readFileSync(file, 'utf8');
const run = loadViewerFunction(file);

describe('the function at the edge', () => {
  it('fits where CloudFront runs it', () => {
    expect(Buffer.byteLength(source)).toBeLessThan(10 * 1024);
    expect(source).not.toMatch(/\b(import|require|async|await|setTimeout|eval|process)\b\s*[({'"]/);
  });

  it('has the limit of forms that the API has', () => {
    expect(/FORM_UPLOAD_LIMIT = (\d+);/.exec(source)?.[1]).toBe(String(FORM_UPLOAD_LIMIT));
  });

  it('leaves open what the gateway leaves open', () => {
    const [, list = ''] = /OPEN_CALLS = (\[.*\]);/.exec(source) ?? [];
    expect(list.replaceAll("'", '"')).toBe(JSON.stringify(OPEN_CALLS).replaceAll(',', ', '));
  });

  it.each(EDGE_CASES.filter(({ decided }) => decided))(
    'decides on $name',
    ({ method = 'GET', path, headers, decided }) => {
      const request = viewerRequest(method, path, Object.entries(headers ?? {}).flat());
      const result = run(request, '192.0.2.1');
      if ('statusCode' in result) {
        const { data } = result.body as { data: string };
        expect(decided).toEqual({ status: result.statusCode, code: JSON.parse(data).code });
        expect(result.headers?.['content-type']?.value).toBe('application/problem+json');
      } else {
        expect(decided).toEqual({ uri: result.uri, query: joined(result.querystring, '&') });
        expect(result).toEqual({ ...request, uri: result.uri });
      }
    },
  );

  it.each(SOCKET_CASES)('sends $name to the socket API', ({ path, query }) => {
    const result = run(viewerRequest('GET', path, []), '192.0.2.1');
    expect(result).toMatchObject({ uri: '/' });
    if ('statusCode' in result) throw new Error('it answered');
    expect(new Map(new URLSearchParams(joined(result.querystring, '&')))).toEqual(new Map(new URLSearchParams(query)));
  });

  it('passes every good client_id on as it is, and leaves every bad one bad', () => {
    for (let code = 1; code < 0x250; code++) {
      const name = `a${String.fromCharCode(code)}b`;
      const result = run(viewerRequest('GET', `/ws/${encodeURIComponent(name)}`, []), '192.0.2.1');
      const passed = 'querystring' in result ? result.querystring.client_id?.value : undefined;
      if (ClientId.safeParse(name).success) expect(passed).toBe(name);
      else expect(ClientId.safeParse(passed).success).toBe(false);
    }
  });

  it('names the presigned way to those whose form is too large', () => {
    const headers = ['Content-Type', 'multipart/form-data', 'Content-Length', '999999999999'];
    const result = run(viewerRequest('POST', '/upload?client_id=a', headers), '192.0.2.1');
    if (!('statusCode' in result)) throw new Error('it passed');
    const problem = JSON.parse((result.body as { data: string }).data);
    expect(problem).toEqual({
      type: 'about:blank',
      title: 'Content Too Large',
      status: 413,
      detail: expect.stringMatching(/POST \/upload with application\/json.*presigned/),
      code: 'payload_too_large',
    });
  });

  it('leaves other forms alone', () => {
    const headers = ['Content-Type', 'multipart/form-data', 'Content-Length', '999999999999'];
    for (const [method, path] of [
      ['PUT', '/upload'],
      ['POST', '/upload/x'],
      ['POST', '/videos'],
    ] as const) {
      expect(run(viewerRequest(method, path, headers), '')).toMatchObject({ uri: path });
    }
    expect(run(viewerRequest('POST', '/upload', ['Content-Type', 'multipart/form-data']), '')).toMatchObject({
      method: 'POST',
    });
  });
});
