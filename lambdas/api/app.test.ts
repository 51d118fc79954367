import { describe, expect, it } from 'vitest';
import { memoryWorkerBoard } from '../../adapters/memory/index.ts';
import { TransientError } from '../../core/errors.ts';
import { sourceKey } from '../../core/keys.ts';
import { FORM_UPLOAD_LIMIT } from '../../core/limits.ts';
import { abandon, PROCESS_TYPES } from '../../core/process.ts';
import { DEFAULT_SOURCE_LIMITS } from '../../core/source-limits.ts';
import { MULTIPART_ABOVE } from '../../core/upload-plan.ts';
import { changeProcess } from '../../core/video.ts';
import { dispatch } from '../../pipeline/dispatch.ts';
import { enhance } from '../../pipeline/enhance.ts';
import { twins } from '../../test/twins.ts';
import { createApp } from './app.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000001';

function api() {
  const { ports, recorded } = twins();
  const workers = memoryWorkerBoard();
  const app = createApp(
    { ...ports, workers },
    { version: '1', maxUpload: 1024 ** 3, source: DEFAULT_SOURCE_LIMITS, signIn: false },
  );
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, ports, recorded, workers, post };
}

const small = { filename: 'a.mp4', size: 10, content_type: 'video/mp4', client_id: 'me' };
const large = { ...small, size: MULTIPART_ABOVE + 1 };

async function expectProblem(response: Response, status: number, expected: Record<string, unknown>) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ type: 'about:blank', status, ...expected });
  expect(body.title).toBeTypeOf('string');
  expect(response.status).toBe(status);
}

describe('POST /upload with JSON', () => {
  it('answers where to send a small file', async () => {
    const response = await api().post('/upload', small);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      file_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'awaiting_upload',
      upload: { kind: 'single', method: 'PUT', url: expect.any(String), headers: expect.any(Object) },
    });
  });

  it.each([
    ['holiday-\u202egpm.exe.mp4', 'holiday-gpm.exe.mp4'],
    ['\u2067סרטון (1)\u2069.mp4', 'סרטון (1).mp4'],
    ['א\u200f (2).mp4', 'א\u200f (2).mp4'],
    ['\u202e', 'video'],
  ])('takes from the name %j what turns the text around it', async (filename, shown) => {
    const { app, post } = api();
    const { file_id } = (await (await post('/upload', { ...small, filename })).json()) as { file_id: string };
    expect(await (await app.request(`/videos/${file_id}`)).json()).toMatchObject({ filename: shown });
  });

  it('answers how to cut a large one', async () => {
    const response = await api().post('/upload', large);
    expect(await response.json()).toMatchObject({
      upload: { kind: 'multipart', part_size: 16_777_216, part_count: 3 },
    });
  });

  it.each([
    [{ ...small, size: 0 }, 'size'],
    [{ ...small, size: -1 }, 'size'],
    [{ ...small, size: 1.5 }, 'size'],
    [{ ...small, size: 1024 ** 3 + 1 }, 'size'],
    [{ ...small, profile: 'magic' }, 'profile'],
    [{ ...small, hdr: 'more' }, 'hdr'],
    [{ ...small, client_id: 'a b' }, 'client_id'],
    [{ ...small, client_id: 'x'.repeat(129) }, 'client_id'],
    [{ ...small, filename: '' }, 'filename'],
    [{ ...small, filename: 'a\u0000b' }, 'filename'],
    [{ ...small, extra: 1 }, 'extra'],
    [{ filename: 'a.mp4' }, 'size'],
    [[], 'body'],
  ])('refuses %j and names the field', async (body, field) => {
    await expectProblem(await api().post('/upload', body), 400, { code: 'invalid_request', field });
  });

  it('refuses what does not call itself a video, in the words of the contract', async () => {
    const response = await api().post('/upload', { ...small, content_type: 'image/png' });
    await expectProblem(response, 400, {
      code: 'not_a_video',
      detail: expect.stringContaining('File must be a video'),
    });
  });

  it('refuses bodies that are no JSON, and other types of body', async () => {
    await expectProblem(await api().post('/upload', '{'), 400, { code: 'invalid_json' });
    await expectProblem(await api().post('/upload', 'x', { 'content-type': 'text/plain' }), 415, {});
  });

  it('replays the first answer for a repeated key, and refuses the key for another request', async () => {
    const { post, ports } = api();
    const key = { 'idempotency-key': 'k1' };
    const first = (await (await post('/upload', large, key)).json()) as { file_id: string };
    const second = (await (await post('/upload', large, key)).json()) as { file_id: string };
    expect(second).toEqual(first);
    expect((await ports.videos.list({ owner: null, client_id: 'me' }, { limit: 10 })).videos).toHaveLength(1);
    await expectProblem(await post('/upload', small, key), 409, { code: 'idempotency_conflict' });
  });

  it('recognises a repeat of somebody who does not say who they are', async () => {
    const { post } = api();
    const { client_id: _, ...anonymous } = small;
    const key = { 'idempotency-key': 'k1' };
    const ids = [];
    for (let i = 0; i < 2; i++)
      ids.push(((await (await post('/upload', anonymous, key)).json()) as { file_id: string }).file_id);
    expect(ids[0]).toBe(ids[1]);
  });

  it('takes a type with parameters, as browsers name what they record', async () => {
    const { post, ports } = api();
    for (const type of ['video/webm;codecs=vp9', 'video/webm; codecs="vp9,opus"', 'video/webm ;x']) {
      const response = await post('/upload', { ...small, content_type: type });
      expect(response.status).toBe(201);
      const { file_id } = (await response.json()) as { file_id: string };
      expect(await ports.videos.get(file_id)).toMatchObject({ content_type: 'video/webm' });
    }
    for (const type of ['video/;codecs=vp9', 'image/png;video/mp4', 'video/mp4;a\nb']) {
      await expectProblem(await post('/upload', { ...small, content_type: type }), 400, { code: 'not_a_video' });
    }
  });

  it('takes the client from the body, or else from the query', async () => {
    const { post, ports } = api();
    const clientOf = async (query: string, body: object) => {
      const { file_id } = (await (await post(`/upload?${query}`, { ...small, ...body })).json()) as { file_id: string };
      return (await ports.videos.get(file_id))?.client_id;
    };
    const unnamed = { client_id: undefined };
    expect(await clientOf('client_id=anna', unnamed)).toBe('anna');
    expect(await clientOf('client_id=anna', { client_id: 'otto' })).toBe('otto');
    await expectProblem(await post('/upload?client_id=a%20b', small), 400, { field: 'client_id' });
  });
});

describe('POST /upload with a form', () => {
  function form(file: File | undefined, fields: Record<string, string> = {}) {
    const body = new FormData();
    if (file) body.set('file', file);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return { method: 'POST', body };
  }
  const movie = new File(['movie'], 'a.mp4', { type: 'video/mp4' });

  it('takes a small file, with the client as a field or in the query', async () => {
    const { app, ports } = api();
    for (const [path, fields] of [
      ['/upload', { client_id: 'me' }],
      ['/upload?client_id=me', { hdr: 'keep' }],
    ] as const) {
      const response = await app.request(path, form(movie, fields));
      expect(response.status).toBe(200);
      const { file_id, message } = (await response.json()) as { file_id: string; message: string };
      expect(message).toBe('Video uploaded successfully');
      expect(await ports.uploads.head(sourceKey(file_id))).toMatchObject({ size: 5, content_type: 'video/mp4' });
      const record = { client_id: 'me', size: 5, filename: 'a.mp4', hdr: 'sdr', ...fields };
      expect(await ports.videos.get(file_id)).toMatchObject(record);
    }
  });

  it('goes by the name where the type says nothing, as curl sends it', async () => {
    const { app, ports } = api();
    const plain = new File(['movie'], 'a.MKV', { type: 'application/octet-stream' });
    const { file_id } = (await (await app.request('/upload', form(plain))).json()) as { file_id: string };
    expect(await ports.videos.get(file_id)).toMatchObject({ content_type: 'video/x-matroska' });
    for (const name of ['a.txt', 'mp4']) {
      const other = new File(['x'], name, { type: 'application/octet-stream' });
      await expectProblem(await app.request('/upload', form(other)), 400, { code: 'not_a_video' });
    }
  });

  it('takes a type with parameters', async () => {
    const { app, ports } = api();
    const recorded = new File(['movie'], 'a.webm', { type: 'video/webm;codecs=vp9' });
    const { file_id } = (await (await app.request('/upload', form(recorded))).json()) as { file_id: string };
    expect(await ports.videos.get(file_id)).toMatchObject({ content_type: 'video/webm' });
  });

  it('refuses a client in the query that can be none', async () => {
    for (const fields of [{}, { client_id: 'me' }]) {
      const response = await api().app.request('/upload?client_id=a%20b', form(movie, fields));
      await expectProblem(response, 400, { field: 'client_id' });
    }
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (file = movie, fields: Record<string, string> = { client_id: 'me' }, key = 'k1') => ({
      ...form(file, fields),
      headers: { 'idempotency-key': key },
    });
    const idIn = async (response: Response) => {
      expect(response.status).toBe(200);
      return ((await response.json()) as { file_id: string }).file_id;
    };

    it('answers a repeat as the first, also while both are under way', async () => {
      const { app, ports } = api();
      const answers = await Promise.all([1, 2].map(() => app.request('/upload', keyed())));
      const ids = await Promise.all([...answers, await app.request('/upload', keyed())].map(idIn));
      expect(new Set(ids).size).toBe(1);
      expect((await ports.videos.list({ owner: null, client_id: 'me' }, { limit: 10 })).videos).toHaveLength(1);
      expect(await ports.uploads.head(sourceKey(ids[0] ?? ''))).toMatchObject({ size: 5 });
    });

    it('recognises a repeat of somebody who does not say who they are, and knows others apart', async () => {
      const { app } = api();
      const send = async (fields: Record<string, string>) => idIn(await app.request('/upload', keyed(movie, fields)));
      const first = await send({});
      expect(await send({})).toBe(first);
      expect(await send({ client_id: 'other' })).not.toBe(first);
    });

    it('refuses the key for other bytes, another form, and JSON', async () => {
      const { app, post } = api();
      await idIn(await app.request('/upload', keyed()));
      const other = new File(['mavie'], 'a.mp4', { type: 'video/mp4' });
      const conflict = { code: 'idempotency_conflict' };
      await expectProblem(await app.request('/upload', keyed(other)), 409, conflict);
      const fields = { client_id: 'me', profile: 'passthrough' };
      await expectProblem(await app.request('/upload', keyed(movie, fields)), 409, conflict);
      const json = { filename: 'a.mp4', size: 5, content_type: 'video/mp4', client_id: 'me' };
      await expectProblem(await post('/upload', json, { 'idempotency-key': 'k1' }), 409, conflict);
      await expectProblem(await app.request('/upload', keyed(movie, {}, 'ä')), 400, { field: 'idempotency-key' });
    });

    it('brings the bytes by a repeat where they did not arrive at first', async () => {
      const { ports } = twins();
      let full = true;
      const uploads: typeof ports.uploads = {
        ...ports.uploads,
        write: (...args) =>
          full ? Promise.reject(new TransientError('slow_down', '…')) : ports.uploads.write(...args),
      };
      const settings = { version: '1', maxUpload: 1024 ** 3, source: DEFAULT_SOURCE_LIMITS, signIn: false };
      const app = createApp({ ...ports, uploads, workers: memoryWorkerBoard() }, settings);
      await expectProblem(await app.request('/upload', keyed()), 503, {});
      full = false;
      const id = await idIn(await app.request('/upload', keyed()));
      expect(await ports.uploads.head(sourceKey(id))).toMatchObject({ size: 5 });
      expect((await ports.videos.list({ owner: null, client_id: 'me' }, { limit: 10 })).videos).toHaveLength(1);
    });

    it('writes nothing for what was cancelled meanwhile', async () => {
      const { app, ports, post } = api();
      const id = await idIn(await app.request('/upload', keyed()));
      await post(`/videos/${id}/cancel`, {});
      await ports.uploads.remove(sourceKey(id));
      expect(await idIn(await app.request('/upload', keyed()))).toBe(id);
      expect(await ports.uploads.head(sourceKey(id))).toBeUndefined();
    });

    it('says so where the bytes never came and the upload was given up', async () => {
      const { app, ports } = api();
      const id = await idIn(await app.request('/upload', keyed()));
      const late = { code: 'upload_expired', message: 'too late' };
      for (const type of PROCESS_TYPES) {
        await ports.videos.change(id, (video) =>
          changeProcess(video, type, (it) => abandon(it, late, ports.now()), ports.now()),
        );
      }
      await expectProblem(await app.request('/upload', keyed()), 410, { code: 'upload_expired' });
    });
  });

  it('refuses what is missing, empty, too large, or no video', async () => {
    const { app } = api();
    await expectProblem(await app.request('/upload', form(undefined)), 400, { code: 'missing_file', field: 'file' });
    const empty = new File([], 'a.mp4', { type: 'video/mp4' });
    await expectProblem(await app.request('/upload', form(empty)), 400, { field: 'size' });
    const text = new File(['x'], 'a.txt', { type: 'text/plain' });
    await expectProblem(await app.request('/upload', form(text)), 400, {
      detail: expect.stringContaining('File must be a video'),
    });
    const huge = new File([new Uint8Array(FORM_UPLOAD_LIMIT + 1)], 'a.mp4', { type: 'video/mp4' });
    await expectProblem(await app.request('/upload', form(huge)), 413, {
      detail: expect.stringContaining('presigned'),
    });
    await expectProblem(await app.request('/upload', form(movie, { nope: 'x' })), 400, { field: 'nope' });
  });
});

describe('a multipart upload', () => {
  async function started() {
    const world = api();
    const { file_id } = (await (await world.post('/upload', large)).json()) as { file_id: string };
    return { ...world, file_id };
  }

  it('signs the parts asked for, and no others', async () => {
    const { post, file_id } = await started();
    const response = await post(`/upload/${file_id}/parts`, { part_numbers: [1, 3] });
    expect(await response.json()).toMatchObject({ parts: [{ part_number: 1 }, { part_number: 3 }] });
    await expectProblem(await post(`/upload/${file_id}/parts`, { part_numbers: [4] }), 400, { code: 'unknown_part' });
    const many = { part_numbers: Array.from({ length: 101 }, (_, i) => i + 1) };
    await expectProblem(await post(`/upload/${file_id}/parts`, many), 400, { field: 'part_numbers' });
  });

  it('cannot be completed while parts are missing', async () => {
    const { post, file_id } = await started();
    const parts = [{ part_number: 1, etag: '"x"' }];
    await expectProblem(await post(`/upload/${file_id}/complete`, { parts }), 400, { code: 'invalid_parts' });
  });

  it('takes no more parts once its video was cancelled', async () => {
    const { app, post, file_id } = await started();
    expect((await post(`/videos/${file_id}/cancel`, {})).status).toBe(202);
    const gone = { code: 'upload_gone' };
    await expectProblem(await post(`/upload/${file_id}/parts`, { part_numbers: [1] }), 409, gone);
    await expectProblem(await app.request(`/upload/${file_id}/parts`), 409, gone);
  });

  it('can be given up, which leaves nothing', async () => {
    const { app, file_id } = await started();
    expect((await app.request(`/upload/${file_id}`, { method: 'DELETE' })).status).toBe(204);
    await expectProblem(await app.request(`/videos/${file_id}`), 404, { detail: 'File not found' });
    await expectProblem(await app.request(`/upload/${file_id}/parts`), 404, {});
  });
});

describe('a video', () => {
  async function uploaded() {
    const world = api();
    const { file_id } = (await (await world.post('/upload', small)).json()) as { file_id: string };
    await world.ports.uploads.write(sourceKey(file_id), 'movie', { contentType: 'video/mp4' });
    await dispatch(world.ports, sourceKey(file_id));
    const work = async () => {
      for (const message of world.recorded.published) {
        await enhance(world.ports, message, 'worker', new AbortController().signal);
      }
    };
    return { ...world, file_id, work };
  }

  it('shows its whole record, without what is ours alone', async () => {
    const { app, file_id, work } = await uploaded();
    await work();
    const text = await (await app.request(`/videos/${file_id}`)).text();
    expect(JSON.parse(text)).toMatchObject({
      file_id,
      status: 'processing',
      processes: { video_enhancement: { status: 'completed', progress: 100, claims: 1, failures: 0 } },
      outputs: { enhanced: { path: `/processed_videos/${file_id}`, encoder: 'paper' } },
    });
    expect(text).not.toContain('upload_id');
  });

  it('shows both processes at the addresses that clients know', async () => {
    const { app, file_id } = await uploaded();
    for (const name of ['video-enhancement', 'metadata-extraction']) {
      const state = await (await app.request(`/internal/${name}-status/${file_id}`)).json();
      expect(state).toEqual({ status: 'pending', progress: 0, error: null, last_updated: expect.any(String) });
    }
  });

  it('can be cancelled once', async () => {
    const { post, file_id } = await uploaded();
    expect((await post(`/videos/${file_id}/cancel`, '')).status).toBe(202);
    await expectProblem(await post(`/videos/${file_id}/cancel`, ''), 409, { code: 'already_finished' });
  });

  it('can be tried again after its end, with or without a body, in another profile too', async () => {
    const { app, post, file_id } = await uploaded();
    await expectProblem(await post(`/videos/${file_id}/retry`, {}), 409, { code: 'in_flight' });
    await post(`/videos/${file_id}/cancel`, '');
    await expectProblem(await post(`/videos/${file_id}/retry`, { profile: 'magic' }), 400, { field: 'profile' });
    await expectProblem(await post(`/videos/${file_id}/retry`, { other: 1 }), 400, { field: 'other' });
    const bare = await app.request(`/videos/${file_id}/retry`, { method: 'POST' });
    expect(bare.status).toBe(202);
    expect(await bare.json()).toMatchObject({ attempt: 2, status: 'uploaded' });
    await post(`/videos/${file_id}/cancel`, '');
    const other = await post(`/videos/${file_id}/retry`, { profile: 'classic' });
    expect(await other.json()).toMatchObject({ attempt: 3, profile: 'classic' });
  });

  it('is in standard range unless high dynamic range is to be kept, which can be asked for later', async () => {
    const { post, file_id } = await uploaded();
    await post(`/videos/${file_id}/cancel`, '');
    const answer = async (body: unknown) => (await post(`/videos/${file_id}/retry`, body)).json();
    expect(await answer({})).toMatchObject({ hdr: 'sdr' });
    await post(`/videos/${file_id}/cancel`, '');
    await expectProblem(await post(`/videos/${file_id}/retry`, { hdr: 'more' }), 400, { field: 'hdr' });
    expect(await answer({ hdr: 'keep' })).toMatchObject({ hdr: 'keep', attempt: 3 });
    await post(`/videos/${file_id}/cancel`, '');
    expect(await answer({ profile: 'classic' })).toMatchObject({ hdr: 'keep', profile: 'classic' });
  });

  it('can be deleted, and is gone then', async () => {
    const { app, file_id, ports, work } = await uploaded();
    await work();
    expect((await app.request(`/videos/${file_id}`, { method: 'DELETE' })).status).toBe(204);
    await expectProblem(await app.request(`/videos/${file_id}`, { method: 'DELETE' }), 404, {});
    expect(await ports.uploads.head(sourceKey(file_id))).toBeUndefined();
  });

  it('is listed for its client alone', async () => {
    const { app, file_id } = await uploaded();
    const mine = (await (await app.request('/videos?client_id=me')).json()) as { videos: { file_id: string }[] };
    expect(mine.videos.map((video) => video.file_id)).toEqual([file_id]);
    expect(await (await app.request('/videos?client_id=other')).json()).toEqual({ videos: [], cursor: null });
    await expectProblem(await app.request('/videos'), 400, { field: 'client_id' });
    await expectProblem(await app.request('/videos?client_id=me&limit=0'), 400, { field: 'limit' });
  });

  it.each(['/videos/', '/internal/video-enhancement-status/', '/upload/%/parts'])(
    'is 404 or 400 at %s',
    async (path) => {
      const { app } = api();
      const at = (id: string) => (path.includes('%') ? path.replace('%', id) : path + id);
      await expectProblem(await app.request(at(UNKNOWN)), 404, { detail: 'File not found' });
      await expectProblem(await app.request(at('not-a-uuid')), 400, { field: 'file_id' });
    },
  );
});

it('answers for files that S3 does not have', async () => {
  const { app } = api();
  await expectProblem(await app.request(`/processed_videos/${UNKNOWN}`), 404, { detail: 'File not found' });
  await expectProblem(await app.request(`/metadata/${UNKNOWN}.json`), 404, { detail: 'File not found' });
  for (const path of [`/source_videos/${UNKNOWN}`, `/posters/${UNKNOWN}`, `/posters/${UNKNOWN}.webp`]) {
    await expectProblem(await app.request(path), 404, { detail: 'File not found' });
  }
  await expectProblem(await app.request('/processed_videos/x'), 400, { field: 'file_id' });
  expect((await app.request(`/processed_videos/${UNKNOWN}`, { method: 'HEAD' })).status).toBe(404);
});

it('is unwell when every worker has lost the broker, and well when none is about', async () => {
  const { app, workers } = api();
  expect(await (await app.request('/healthz')).json()).toMatchObject({
    status: 'ok',
    dependencies: { broker: 'idle' },
  });
  await workers.report('one', { broker: 'down' });
  const unwell = await app.request('/healthz');
  expect(unwell.status).toBe(503);
  expect(await unwell.json()).toMatchObject({ status: 'degraded', dependencies: { broker: 'down', table: 'up' } });
  await workers.report('two', { broker: 'up' });
  expect((await app.request('/healthz')).status).toBe(200);
});

it('documents every route of the contract', async () => {
  const response = await api().app.request('/openapi.json');
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb} ${path}`));
  expect(routes.toSorted()).toEqual([
    'delete /upload/{file_id}',
    'delete /videos/{file_id}',
    'get /healthz',
    'get /internal/metadata-extraction-status/{file_id}',
    'get /internal/video-enhancement-status/{file_id}',
    'get /limits',
    'get /metadata/{file_id}.json',
    'get /posters/{file_id}',
    'get /posters/{file_id}.webp',
    'get /processed_videos/{file_id}',
    'get /source_videos/{file_id}',
    'get /upload/{file_id}/parts',
    'get /videos',
    'get /videos/{file_id}',
    'post /upload',
    'post /upload/{file_id}/complete',
    'post /upload/{file_id}/parts',
    'post /videos/{file_id}/cancel',
    'post /videos/{file_id}/playback',
    'post /videos/{file_id}/retry',
    'post /ws-tickets',
  ]);
});

it('takes the scripts of its documentation pages from itself', async () => {
  const { app } = api();
  for (const path of ['/docs', '/redoc']) {
    const html = await (await app.request(path)).text();
    expect(html).toContain('/docs/assets/');
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).toContain("img-src 'self'");
  }
});

it('answers what is not there, and hides what went wrong', async () => {
  const { app, ports } = api();
  await expectProblem(await app.request('/nowhere'), 404, { code: 'no_such_route' });
  ports.videos.get = () => Promise.reject(new Error('secret detail'));
  const response = await app.request(`/videos/${UNKNOWN}`);
  await expectProblem(response.clone(), 500, { code: 'internal_error' });
  expect(await response.text()).not.toContain('secret');
});
