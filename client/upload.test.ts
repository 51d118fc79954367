import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ClientError,
  ConnectionError,
  createClient,
  type UploadFile,
  type UploadRequested,
  type UploadSession,
} from './index.ts';
import { problem } from './testing/answers.ts';
import { dawdle, hangUp, loseAnswer, never, refuse, startServer, type TestServer } from './testing/server.ts';

const QUICK = { retryMs: 5, retryMaxMs: 20, stallMs: 1_000 };
const PART = 32_768;

let server: TestServer;
beforeEach(async () => {
  server = await startServer({ partSize: PART });
});
afterEach(() => server.stop());

const client = () => createClient({ baseUrl: server.base, clientId: 'tester', timing: QUICK });

function fileOf(bytes: Buffer, name = 'clip.mp4'): UploadFile {
  const blob = new Blob([new Uint8Array(bytes)]);
  return { name, size: bytes.length, type: 'video/mp4', slice: (start, end) => blob.slice(start, end) };
}
const source = (fileId: string) => server.stored(fileId).source;

test('a small file goes in one PUT, with the headers it was told to send', async () => {
  const bytes = randomBytes(1000);
  let headers: NodeJS.Dict<string | string[]> = {};
  server.trouble(/PUT/, 1, (request) => {
    headers = request.headers;
    return 'go on';
  });
  const fileId = await client().upload(fileOf(bytes));
  expect(source(fileId)?.equals(bytes)).toBe(true);
  expect(headers).toMatchObject({ 'content-type': 'video/mp4', 'if-none-match': '*', 'content-length': '1000' });
});

test('a large file goes in parts, several at once and never more than four, and arrives as it was', async () => {
  const bytes = randomBytes(PART * 11 + 17);
  // Parts take a while, so that those under way at once can be counted.
  server.trouble(/PUT/, 12, dawdle(20));
  const file = fileOf(bytes);
  const slices: number[] = [];
  const slice = (start: number, end: number) => {
    slices.push(end - start);
    return file.slice(start, end);
  };
  const progress: number[] = [];
  const fileId = await client().upload(
    { ...file, slice },
    {
      onProgress: (sent, total) => {
        expect(total).toBe(bytes.length);
        progress.push(sent);
      },
    },
  );
  expect(source(fileId)?.equals(bytes)).toBe(true);
  expect(server.mostPuts()).toBe(4);
  expect(slices.sort((a, b) => a - b)).toEqual([17, ...Array(11).fill(PART)]);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(bytes.length);
  expect(progress).toHaveLength(12);
});

test.each([
  ['is refused with 403', refuse(403)],
  ['meets a 503', refuse(503)],
  ['was too slow for the storage (400)', refuse(400)],
  ['loses its connection', hangUp],
  ['is never answered', never],
])('a part that %s is sent again to a fresh URL', async (_, trouble) => {
  const bytes = randomBytes(PART * 3);
  server.trouble(/PUT .*\/2\?/, 2, trouble);
  const fileId = await client().upload(fileOf(bytes));
  expect(source(fileId)?.equals(bytes)).toBe(true);
  const urls = server.requests.filter((line) => /PUT .*\/2\?/.test(line));
  expect(urls).toHaveLength(3);
  expect(new Set(urls).size).toBe(3);
  expect(server.count(/PUT .*\/1\?/)).toBe(1);
});

test('a single PUT that is refused asks for its URL again, with the same key', async () => {
  server.trouble(/PUT/, 1, refuse(403));
  const fileId = await client().upload(fileOf(Buffer.from('small')));
  expect(source(fileId)?.toString()).toBe('small');
  expect(server.count(/POST \/upload$/)).toBe(2);
  expect(server.videos.size).toBe(1);
});

test('a single PUT whose answer was lost is not an error: the bytes are there', async () => {
  server.trouble(/PUT/, 1, loseAnswer);
  const fileId = await client().upload(fileOf(Buffer.from('small')));
  expect(source(fileId)?.toString()).toBe('small');
  expect(server.count(/PUT/)).toBe(2);
  // Said by the storage itself: nobody has to be asked.
  expect(server.count(/complete/)).toBe(0);
});

test('an upload request whose answer was lost makes no second video', async () => {
  server.trouble(/POST \/upload$/, 1, loseAnswer);
  await client().upload(fileOf(Buffer.from('small')));
  expect(server.videos.size).toBe(1);
});

/** An upload that the server began, and whose sender never heard of it. */
async function unheard(file: UploadFile): Promise<UploadRequested> {
  const heard = server.trouble(/POST \/upload$/, 4, loseAnswer);
  let requested: UploadRequested | undefined;
  const onAsk = (asked: UploadRequested) => {
    requested = asked;
  };
  await expect(client().upload(file, { onAsk })).rejects.toBeInstanceOf(ConnectionError);
  heard();
  if (!requested) throw new Error('it asked without a word');
  return JSON.parse(JSON.stringify(requested));
}

test.each([
  ['small', 500],
  ['large', PART * 3],
])('a %s upload that was asked for and never answered is found again, and no second one begun', async (_, size) => {
  const bytes = randomBytes(size);
  const resume = await unheard(fileOf(bytes));
  let session: UploadSession | undefined;
  const onStart = (begun: UploadSession) => {
    session = begun;
  };
  const fileId = await client().upload(fileOf(bytes), { resume, onStart });
  expect([...server.videos.keys()]).toEqual([fileId]);
  expect(source(fileId)?.equals(bytes)).toBe(true);
  expect(session).toMatchObject({ ...resume, file_id: fileId });
});

test.each([
  ['has ended meanwhile', 'upload_expired', 410],
  ['is another request’s by now', 'idempotency_conflict', 409],
])('an upload that was never answered and whose name %s starts anew', async (_, code, status) => {
  const bytes = randomBytes(500);
  const resume = await unheard(fileOf(bytes));
  const [first = ''] = server.videos.keys();
  server.change(first, 'video_enhancement', { status: 'failed' });
  server.trouble(/POST \/upload$/, 1, (request, response) => {
    request.resume();
    problem(response, status, code, 'No more.');
    return 'handled';
  });
  const fileId = await client().upload(fileOf(bytes), { resume });
  expect(fileId).not.toBe(first);
  expect(source(fileId)?.equals(bytes)).toBe(true);
});

test('an upload that goes on failing gives up, with what the storage said', async () => {
  server.trouble(/PUT .*\/2\?/, 99, refuse(403));
  const error = await client()
    .upload(fileOf(randomBytes(PART * 3)))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ status: 403, code: 'storage_refused' });
});

test('a refusal is thrown as it is, at once', async () => {
  const file = { ...fileOf(Buffer.from('x'), 'notes.txt'), type: 'text/plain' };
  await expect(client().upload(file)).rejects.toMatchObject({
    status: 400,
    code: 'not_a_video',
    detail: 'File must be a video',
  });
  expect(server.requests).toHaveLength(1);
});

test('a server that is not there is a ConnectionError', async () => {
  const nobody = createClient({ baseUrl: 'http://127.0.0.1:9', clientId: 'tester', timing: QUICK });
  const error = await nobody.upload(fileOf(Buffer.from('x'))).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: 'unreachable', retryable: true });
});

test('an aborted upload stops and throws the reason', async () => {
  const stop = new AbortController();
  const why = new Error('enough');
  server.trouble(/PUT/, 99, () => {
    stop.abort(why);
    return 'handled';
  });
  await expect(client().upload(fileOf(randomBytes(PART * 9)), { signal: stop.signal })).rejects.toBe(why);
  expect(server.count(/PUT/)).toBeLessThanOrEqual(4);
  expect(server.count(/complete/)).toBe(0);
});

/** An upload that is cut off once `parts` of it have arrived. */
async function interrupted(file: UploadFile, parts: number): Promise<UploadSession> {
  const stop = new AbortController();
  let session: UploadSession | undefined;
  const calm = server.trouble(/PUT/, 99, () => {
    if (server.count(/PUT/) <= parts) return 'go on';
    stop.abort(new Error('killed'));
    return 'handled';
  });
  const onStart = (begun: UploadSession) => {
    session = begun;
  };
  await client()
    .upload(file, { signal: stop.signal, onStart })
    .catch(() => {});
  calm();
  server.requests.length = 0;
  if (!session) throw new Error('it never began');
  return JSON.parse(JSON.stringify(session));
}

test('an interrupted upload continues with the parts that are missing', async () => {
  const bytes = randomBytes(PART * 8 + 5);
  const session = await interrupted(fileOf(bytes), 4);
  const there = server.stored(session.file_id).parts.size;
  expect(there).toBeGreaterThan(0);
  expect(there).toBeLessThan(9);
  const progress: number[] = [];
  const restarted = await startedAgain(session, bytes, progress);
  expect(restarted).toBe(session.file_id);
  expect(source(restarted)?.equals(bytes)).toBe(true);
  expect(server.count(/PUT/)).toBe(9 - there);
  // What is there already is one step, and each missing part another.
  expect(progress).toHaveLength(1 + 9 - there);
});

/** As a new process would: nothing is left of the old one but the session. */
function startedAgain(session: UploadSession, bytes: Buffer, progress: number[] = []): Promise<string> {
  return client().upload(fileOf(bytes), { resume: session, onProgress: (sent) => progress.push(sent) });
}

test('a part of the wrong length that is there is sent again', async () => {
  const bytes = randomBytes(PART * 3);
  const session = await interrupted(fileOf(bytes), 1);
  server.stored(session.file_id).parts.set(2, { etag: '"half"', bytes: Buffer.from('half') });
  await startedAgain(session, bytes);
  expect(source(session.file_id)?.equals(bytes)).toBe(true);
});

test('an upload that is whole already is not sent again', async () => {
  const bytes = randomBytes(PART * 3);
  let session: UploadSession | undefined;
  const fileId = await client().upload(fileOf(bytes), {
    onStart: (begun) => {
      session = begun;
    },
  });
  server.requests.length = 0;
  if (!session) throw new Error('it never began');
  expect(await startedAgain(session, bytes)).toBe(fileId);
  expect(server.requests).toEqual([`GET /videos/${fileId}`]);
});

test('an upload that was joined, but whose event is still to come, is not sent again', async () => {
  server.holdEvents();
  const bytes = randomBytes(PART * 3);
  let session: UploadSession | undefined;
  const onStart = (begun: UploadSession) => {
    session = begun;
  };
  const fileId = await client().upload(fileOf(bytes), { onStart });
  if (!session) throw new Error('it never began');
  server.requests.length = 0;
  expect(await startedAgain(session, bytes)).toBe(fileId);
  expect(server.count(/PUT|DELETE/)).toBe(0);
});

test('an interrupted single PUT is repeated under the same file_id', async () => {
  const bytes = randomBytes(500);
  const session = await interrupted(fileOf(bytes), 0);
  expect(await startedAgain(session, bytes)).toBe(session.file_id);
  expect(source(session.file_id)?.equals(bytes)).toBe(true);
});

test('an upload whose video is gone or cancelled starts anew', async () => {
  const bytes = randomBytes(PART * 3);
  const session = await interrupted(fileOf(bytes), 1);
  server.change(session.file_id, 'video_enhancement', { status: 'cancelled' });
  const anew = await startedAgain(session, bytes);
  expect(anew).not.toBe(session.file_id);
  server.videos.delete(session.file_id);
  const third = await startedAgain(session, bytes);
  expect(source(third)?.equals(bytes)).toBe(true);
});

test('parts that the storage lost before they were joined are sent again', async () => {
  const bytes = randomBytes(PART * 3);
  server.trouble(/complete$/, 1, (request) => {
    const [, , id = ''] = (request.url ?? '').split('/');
    server.stored(id).parts.delete(2);
    return 'go on';
  });
  const fileId = await client().upload(fileOf(bytes));
  expect(source(fileId)?.equals(bytes)).toBe(true);
  expect(server.count(/PUT .*\/2\?/)).toBe(2);
  expect(server.count(/PUT .*\/1\?/)).toBe(1);
});

test('a joining whose answer was lost is not an error', async () => {
  server.trouble(/complete$/, 1, loseAnswer);
  const bytes = randomBytes(PART * 3);
  const fileId = await client().upload(fileOf(bytes));
  expect(source(fileId)?.equals(bytes)).toBe(true);
});
