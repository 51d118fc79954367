import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cost } from '../../core/cost.ts';
import { publicKeys } from '../../core/keys.ts';
import { MetadataDocument } from '../../core/metadata.ts';
import { namesOf } from '../../core/trace.ts';
import { talkTo, type VideoView } from '../talk.ts';
import { spansOf } from './logged.ts';

/* A real video takes the whole way, and everything the contract says of it is looked at. */

const reelight = talkTo(inject('base'));
const client = `journey-${process.pid}`;
const clip = new Uint8Array(await readFile('examples/big-buck-bunny.mp4'));
let id = '';
let done: VideoView;
let ears: Awaited<ReturnType<typeof reelight.listen>>;

beforeAll(async () => {
  ears = await reelight.listen(client);
  await ears.until(({ type }) => type === 'connection');
  id = await reelight.send(clip, client);
  done = await reelight.ended(id, 110_000);
  await ears.until(({ process_type, status }) => process_type === 'video_enhancement' && status === 'completed');
  await ears.until(({ process_type, status }) => process_type === 'metadata_extraction' && status === 'completed');
});

it('completes both processes', () => {
  expect(done).toMatchObject({
    status: 'completed',
    processes: {
      video_enhancement: { status: 'completed', progress: 100, error: null },
      metadata_extraction: { status: 'completed', progress: 100, error: null },
    },
    outputs: { enhanced: { encoder: 'libx264' } },
  });
});

describe('what the WebSocket told', () => {
  it('began with a greeting', () => {
    expect(ears.heard[0]).toMatchObject({ type: 'connection', status: 'connected', client_id: client });
  });

  it('was of the upload, then of each process from start to end', () => {
    const told = ears.heard.filter(({ file_id }) => file_id === id);
    expect(told.filter(({ type }) => type === 'upload_status')).toHaveLength(1);
    for (const process of ['video_enhancement', 'metadata_extraction']) {
      const statuses = told.filter(({ process_type }) => process_type === process).map(({ status }) => status);
      expect([...new Set(statuses)]).toEqual(['pending', 'processing', 'completed']);
    }
  });

  it('had progress that never went back, and seq that grew', () => {
    const told = ears.heard.filter(({ process_type }) => process_type === 'video_enhancement');
    const progress = told.map(({ progress }) => progress ?? 0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(new Set(progress).size).toBeGreaterThan(2);
    const seqs = told.map(({ seq }) => seq ?? 0);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
  });

  it('answers what a client says', async () => {
    ears.say({ action: 'ping' });
    await ears.until(({ type }) => type === 'pong');
    ears.say('hello');
    expect(await ears.until(({ type }) => type === 'message')).toMatchObject({ content: 'Received: hello' });
  });
});

describe('the enhanced file', () => {
  // As a page of another origin would ask.
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${reelight.base}/processed_videos/${id}`, {
      method,
      headers: { origin: 'https://elsewhere.example', ...headers },
    });

  it('is a whole MP4 with its index in front', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('video/mp4');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('cache-control')).toBeTruthy();
    expect(response.headers.get('last-modified')).toBeTruthy();
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.length).toBe(done.outputs.enhanced?.size);
    expect(body.indexOf('moov')).toBeLessThan(body.indexOf('mdat'));
  });

  it('streams by range', async () => {
    const whole = Buffer.from(await (await get()).arrayBuffer());
    const first = await get({ range: 'bytes=0-99' });
    expect(first.status).toBe(206);
    expect(first.headers.get('content-range')).toBe(`bytes 0-99/${whole.length}`);
    expect(Buffer.from(await first.arrayBuffer())).toEqual(whole.subarray(0, 100));
    const last = await get({ range: 'bytes=-10' });
    expect(Buffer.from(await last.arrayBuffer())).toEqual(whole.subarray(-10));
    const beyond = await get({ range: `bytes=${whole.length}-` });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${whole.length}`);
  });

  it('is not sent again to who has it', async () => {
    const etag = (await get({}, 'HEAD')).headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
  });
});

it('has its source beside it, as it came, for comparing', async () => {
  const path = `${reelight.base}/source_videos/${id}`;
  const response = await fetch(path);
  expect(response.headers.get('content-type')).toBe('video/mp4');
  expect(Buffer.from(await response.arrayBuffer()).equals(clip)).toBe(true);
  const part = await fetch(path, { headers: { range: 'bytes=100-199', origin: 'https://elsewhere.example' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('access-control-allow-origin')).toBe('*');
  expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(clip.subarray(100, 200)));
});

it('has a poster, as JPEG and as WebP', async () => {
  const poster = async (ending: string) => {
    const response = await fetch(`${reelight.base}/posters/${id}${ending}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { type: response.headers.get('content-type'), bytes: bytes.toString('latin1', 0, 12) };
  };
  expect(await poster('')).toEqual({ type: 'image/jpeg', bytes: expect.stringMatching(/^\xff\xd8\xff/) });
  expect(await poster('.webp')).toEqual({ type: 'image/webp', bytes: expect.stringMatching(/WEBP$/) });
});

it('has its metadata, in the form of the contract', async () => {
  const response = await fetch(`${reelight.base}/metadata/${id}.json`, {
    headers: { origin: 'https://elsewhere.example' },
  });
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  const document = MetadataDocument.parse(await response.json());
  expect(document).toMatchObject({ file_id: id, filename: 'clip.mp4', file_size_bytes: clip.length });
  expect(document.frame_count).toBeGreaterThan(20);
  expect(JSON.stringify(document)).not.toMatch(/127\.0\.0\.1|localhost/);
});

it('shows where it stands at the addresses that clients know', async () => {
  for (const name of ['video-enhancement', 'metadata-extraction']) {
    const state = await reelight.json(`/internal/${name}-status/${id}`);
    expect(state).toEqual({ status: 'completed', progress: 100, error: null, last_updated: expect.any(String) });
  }
});

it('says what it cost: what workers and the function took, and what they asked for', async () => {
  const { cost } = await reelight.json<{ cost: Cost }>(`/videos/${id}`);
  const { video_enhancement: worker, metadata_extraction: lambda } = cost.processes;
  expect(worker).toMatchObject({ runs: 1, lambda_ms: 0 });
  expect(worker.vcpu_seconds).toBeCloseTo(2 * worker.seconds, 1);
  // The source is read, and three outputs are written; a heartbeat a second writes the record.
  expect(worker.s3_reads).toBeGreaterThan(2);
  expect(worker.s3_writes).toBeGreaterThan(4);
  expect(worker.table_writes).toBeGreaterThan(worker.seconds);
  expect(lambda).toMatchObject({ runs: 1, vcpu_seconds: 0, gib_seconds: expect.closeTo(2 * lambda.seconds, 1) });
  expect(lambda.lambda_ms).toBeGreaterThan(0);
  expect(lambda.s3_reads).toBeGreaterThan(0);
  expect(lambda.s3_writes).toBe(1);
  expect(lambda.table_writes).toBeGreaterThan(0);
  expect(cost.dollars).toBeGreaterThan(0);
  expect(cost.dollars).toBeLessThan(0.01);
});

it('left one trace through every hop, in what the parts logged', async () => {
  const spans = await spansOf(id, inject('home'));
  const hops = new Set(spans.filter(({ step }) => !step).map(({ span_name }) => span_name));
  expect(hops).toEqual(new Set(['accept-upload', 'dispatch', 'extract-metadata', 'enhance', 'notify']));
  expect(new Set(spans.map(({ trace }) => namesOf(trace).traceId)).size).toBe(1);
  const ids = spans.map(({ trace }) => namesOf(trace).spanId);
  expect(new Set(ids).size).toBe(ids.length);
  const without = spans.filter(({ parent }) => parent === null || !ids.includes(parent));
  expect(without.map(({ span_name, parent }) => [span_name, parent])).toEqual([['accept-upload', null]]);
});

it('is in its client’s list, found by its name, and in no other', async () => {
  const list = (query: string) => reelight.json<{ videos: { file_id: string }[] }>(`/videos?${query}`);
  expect((await list(`client_id=${client}&q=CLIP`)).videos.map((video) => video.file_id)).toContain(id);
  expect((await list(`client_id=${client}&q=nothing`)).videos).toEqual([]);
  expect((await list('client_id=stranger-to-all')).videos).toEqual([]);
});

it('is whole for a client that reconnects: the snapshot says how it ended', async () => {
  await ears.close();
  const again = await reelight.listen(client);
  for (const process_type of ['video_enhancement', 'metadata_extraction']) {
    const update = await again.until((told) => told.file_id === id && told.process_type === process_type);
    expect(update).toMatchObject({ type: 'status_update', status: 'completed', seq: done.seq });
  }
  await again.close();
});

it('cannot be cancelled any more, but deleted, and then nothing is left', async () => {
  const cancel = await fetch(`${reelight.base}/videos/${id}/cancel`, { method: 'POST' });
  expect(cancel.status).toBe(409);
  expect((await fetch(`${reelight.base}/videos/${id}`, { method: 'DELETE' })).status).toBe(204);
  for (const path of [`/videos/${id}`, ...publicKeys(id).map((key) => `/${key}`)]) {
    const response = await fetch(reelight.base + path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'file_not_found', detail: 'File not found' });
  }
});
