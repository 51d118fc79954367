import { describe, expect, it } from 'vitest';
import { publicKeys } from '../core/keys.ts';
import { match } from '../local/edge/match.ts';
import { ROUTES, responseHeaders } from './routes.ts';

const id = '0b0f2d3c-7c1f-4a43-9f0c-1f7a2f0e9f10';

describe('the route table', () => {
  it.each([
    ['/healthz', 'api'],
    ['/upload', 'api'],
    [`/upload/${id}/parts`, 'api'],
    ['/videos', 'api'],
    [`/videos/${id}/cancel`, 'api'],
    [`/internal/video-enhancement-status/${id}`, 'api'],
    [`/internal/metadata-extraction-status/${id}`, 'api'],
    ['/openapi.json', 'api'],
    ['/docs', 'api'],
    ['/redoc', 'api'],
    ['/', 'site'],
    ['/index.html', 'api'],
    ['/assets/index-0a1b2c3d.js', 'site'],
    ['/docs/assets/swagger-ui.css', 'site'],
    ...publicKeys(id).map((key) => [`/${key}`, 'files']),
    ['/ws/alice', 'socket'],
    ['/attempts/x', 'api'],
    ['/uploads/x', 'api'],
  ])('sends %s to %s', (path, origin) => {
    expect(match(ROUTES, path).origin).toBe(origin);
  });

  it('ends in the default behavior, and names no path twice', () => {
    expect(ROUTES.at(-1)?.path).toBe('*');
    expect(new Set(ROUTES.map(({ path }) => path)).size).toBe(ROUTES.length);
  });

  it('lets writes through to the API only', () => {
    for (const { origin, methods } of ROUTES) if (origin !== 'api') expect(methods).not.toContain('POST');
  });

  it('falls over to the API for whatever S3 has not, with methods that an origin group can have', () => {
    for (const { origin, fallback, methods } of ROUTES) {
      if (origin !== 'files' && origin !== 'site') continue;
      expect(fallback).toEqual({ origin: 'api', on: [403, 404] });
      expect(['GET', 'HEAD', 'OPTIONS']).toEqual(expect.arrayContaining([...methods]));
    }
  });

  it('gives S3 no query string, no cookies and no credentials', () => {
    for (const { origin, forward } of ROUTES) {
      if (origin !== 'files' && origin !== 'site') continue;
      expect(forward).toMatchObject({ queryStrings: 'none', cookies: 'none' });
      expect(forward.headers).not.toContain('authorization');
    }
  });

  it('keeps nothing of the API', () => {
    for (const { origin, cache } of ROUTES) if (origin === 'api') expect(cache.maxTtl).toBe(0);
  });

  it('stays within what CloudFront takes', () => {
    expect(ROUTES.length).toBeLessThanOrEqual(25);
    const sets = ['GET,HEAD', 'GET,HEAD,OPTIONS', 'GET,HEAD,OPTIONS,PUT,PATCH,POST,DELETE'];
    for (const { methods, forward } of ROUTES) {
      expect(sets).toContain(methods.join());
      if (forward.headers !== 'all-but-host') expect(forward.headers.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('CORS of files', () => {
  it('is for anyone where anyone is allowed, else for those who are', () => {
    expect(responseHeaders(['https://a.example', '*']).shared.cors?.allowOrigins).toEqual(['*']);
    expect(responseHeaders(['https://a.example']).shared.cors?.allowOrigins).toEqual(['https://a.example']);
    expect(responseHeaders(['*']).plain.cors).toBeUndefined();
  });
});
