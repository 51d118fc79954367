import { FORM_UPLOAD_LIMIT } from '../../core/limits.ts';
import type { OriginName } from '../../infra/routes.ts';
import type { Question } from './ask.ts';

/*
 * What the edge is asked, what the function at the edge makes of it, and whose answer comes back. One table for the
 * function alone, for the edge before small servers, and for the edge before the real origins.
 */

export interface EdgeCase extends Question {
  name: string;
  /** What the function returns: the request as it goes on, or an answer. Absent where the route has no function. */
  decided?: { uri: string; query: string } | { status: number; code: string };
  /** Whose answer the viewer gets, and what that origin is asked for it, where that differs from what the viewer asked. */
  from?: Partial<Question> & { origin: Exclude<OriginName, 'socket'> };
  /** Of the answer. Without `from`, the edge's or its function's own. */
  status: number;
}

/** The objects that the origins are given before. */
export const VIDEO = { key: 'processed_videos/case', body: '0123456789abcdef', type: 'video/mp4' };
export const DOCUMENT = { key: 'metadata/case.json', body: '{"file_id":"case"}', type: 'application/json' };
export const SOURCE = { key: 'source_videos/case', body: 'fedcba9876543210', type: 'video/webm' };
export const POSTER = { key: 'posters/case', body: 'a picture', type: 'image/jpeg' };
export const SCRIPT = { key: 'docs/assets/case.js', body: 'void 0;', type: 'text/javascript' };
/** Small servers have this one; before the real origins it is the page itself. */
export const PAGE = { key: 'index.html', body: '<!doctype html>', type: 'text/html' };
/** As S3 makes it of a body that was sent at once: its MD5. */
export const VIDEO_ETAG = '"4032af8d61035123906e58e067140cc5"';

const video = `/${VIDEO.key}`;
const missing = '/processed_videos/0b0f2d3c-7c1f-4a43-9f0c-1f7a2f0e9f10';
const noPoster = '/posters/0b0f2d3c-7c1f-4a43-9f0c-1f7a2f0e9f10.webp';
const form = (length: number) => ({
  method: 'POST',
  path: '/upload',
  headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': String(length) },
  body: Buffer.alloc(length, '-'),
});
const json = (length: number) => ({
  ...form(length),
  headers: { 'content-type': 'application/json', 'content-length': String(length) },
});
const whole = { origin: 'files', headers: {} } as const;
const upload = { uri: '/upload', query: '' };

export const EDGE_CASES: EdgeCase[] = [
  { name: 'a path of the API', path: '/openapi.json', from: { origin: 'api' }, status: 200 },
  { name: 'a path that nobody knows', path: '/nowhere?a=b&a=c%20d', from: { origin: 'api' }, status: 404 },
  { name: 'an upload of JSON', ...json(4), decided: upload, from: { origin: 'api' }, status: 400 },
  { name: 'the largest form', ...form(FORM_UPLOAD_LIMIT), decided: upload, from: { origin: 'api' }, status: 400 },
  {
    name: 'a form too large',
    ...form(FORM_UPLOAD_LIMIT + 1),
    decided: { status: 413, code: 'payload_too_large' },
    status: 413,
  },
  {
    name: 'a form too large, spelled oddly',
    ...form(FORM_UPLOAD_LIMIT + 1),
    headers: { 'Content-Type': ' Multipart/Form-Data;boundary=x', 'Content-Length': String(FORM_UPLOAD_LIMIT + 1) },
    decided: { status: 413, code: 'payload_too_large' },
    status: 413,
  },

  { name: 'a video', path: video, from: { origin: 'files' }, status: 200 },
  { name: 'its head', method: 'HEAD', path: video, from: { origin: 'files' }, status: 200 },
  { name: 'a range', path: video, headers: { range: 'bytes=2-5' }, from: { origin: 'files' }, status: 206 },
  { name: 'all but its start', path: video, headers: { range: 'bytes=10-' }, from: { origin: 'files' }, status: 206 },
  { name: 'its end', path: video, headers: { range: 'bytes=-3' }, from: { origin: 'files' }, status: 206 },
  { name: 'more than there is', path: video, headers: { range: 'bytes=16-' }, from: { origin: 'files' }, status: 416 },
  { name: 'two ranges', path: video, headers: { range: 'bytes=0-1,4-5' }, from: whole, status: 200 },
  { name: 'a range backwards', path: video, headers: { range: 'bytes=5-2' }, from: whole, status: 200 },
  { name: 'a range of nothing', path: video, headers: { range: 'bytes=-' }, from: whole, status: 200 },
  { name: 'a range in other units', path: video, headers: { range: 'frames=0-1' }, from: whole, status: 200 },
  {
    name: 'what the viewer has',
    path: video,
    headers: { 'if-none-match': VIDEO_ETAG },
    from: { origin: 'files' },
    status: 304,
  },
  {
    name: 'a range of what the viewer has',
    path: video,
    headers: { range: 'bytes=0-3', 'if-range': VIDEO_ETAG },
    from: { origin: 'files', headers: { range: 'bytes=0-3' } },
    status: 206,
  },
  {
    name: 'a range of what has changed',
    path: video,
    headers: { range: 'bytes=0-3', 'if-range': '"another"' },
    from: whole,
    status: 200,
  },
  {
    name: 'a range of what may have changed',
    path: video,
    headers: { range: 'bytes=0-3', 'if-range': 'Wed, 21 Oct 2026 07:28:00 GMT' },
    from: whole,
    status: 200,
  },
  {
    name: 'a video with a command for S3',
    path: `${video}?response-content-type=text/html&acl`,
    from: { origin: 'files', path: video },
    status: 200,
  },
  {
    name: 'a document, from another site',
    path: `/${DOCUMENT.key}`,
    headers: { origin: 'https://viewer.example' },
    from: { origin: 'files', headers: {} },
    status: 200,
  },
  { name: 'a poster', path: `/${POSTER.key}`, from: { origin: 'files' }, status: 200 },
  {
    name: 'a range of a source',
    path: `/${SOURCE.key}`,
    headers: { range: 'bytes=2-5' },
    from: { origin: 'files' },
    status: 206,
  },
  {
    name: 'the page',
    path: '/',
    decided: { uri: '/index.html', query: '' },
    from: { origin: 'site', path: '/index.html' },
    status: 200,
  },
  { name: 'a script', path: `/${SCRIPT.key}`, from: { origin: 'site' }, status: 200 },
  { name: 'a video that is not there', path: missing, from: { origin: 'api' }, status: 404 },
  {
    name: 'a range of a video that is not there, from another site',
    path: missing,
    headers: { range: 'bytes=0-', origin: 'https://viewer.example' },
    from: { origin: 'api', headers: { origin: 'https://viewer.example' } },
    status: 404,
  },
  { name: 'the head of one', method: 'HEAD', path: missing, from: { origin: 'api' }, status: 404 },
  { name: 'a poster that is not there', path: noPoster, from: { origin: 'api' }, status: 404 },
  { name: 'a script that is not there', path: '/docs/assets/none.js', from: { origin: 'api' }, status: 404 },
  { name: 'a part of a page that is not there', path: '/assets/none.js', from: { origin: 'api' }, status: 404 },
  { name: 'what workers stage', path: '/attempts/case/1/video', from: { origin: 'api' }, status: 404 },

  { name: 'a video that is to be replaced', method: 'PUT', path: video, body: Buffer.from('x'), status: 403 },
  { name: 'a method that nobody has', method: 'PROPFIND', path: '/videos', status: 403 },
  { name: 'a body where none belongs', path: '/videos', body: Buffer.from('x'), status: 403 },
  { name: 'a climb', path: `/processed_videos/../attempts/case`, status: 400 },
  { name: 'a climb in disguise', path: `/processed_videos/%2e%2E%2fattempts/case`, status: 400 },
  { name: 'escapes that make no text', path: '/processed_videos/%ff', status: 400 },
  { name: 'another server', path: 'http://elsewhere.example/', status: 400 },
  { name: 'no place at all', method: 'OPTIONS', path: '*', status: 400 },
  { name: 'a URL too long', path: `/videos?q=${'a'.repeat(8_192)}`, status: 413 },
];

/** Handshakes of WebSockets: the function's part. */
export const SOCKET_CASES: { name: string; path: string; query: string }[] = [
  { name: 'a name', path: '/ws/Alice_1.b-c', query: 'client_id=Alice_1.b-c' },
  { name: 'a name in escapes', path: '/ws/%41lice', query: 'client_id=Alice' },
  { name: 'a ticket', path: '/ws/alice?ticket=t1', query: 'ticket=t1&client_id=alice' },
  { name: 'two names', path: '/ws/alice?client_id=bob&client_id=eve', query: 'client_id=alice' },
  { name: 'no name', path: '/ws/', query: 'client_id=' },
  { name: 'a name that would be more', path: '/ws/alice&ticket=x', query: 'client_id=' },
  { name: 'a path for a name', path: '/ws/alice/x', query: 'client_id=' },
  { name: 'escapes that make no text', path: '/ws/%ff', query: 'client_id=' },
];
