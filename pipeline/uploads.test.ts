import { expect, it } from 'vitest';
import { memoryUploadStore } from '../adapters/memory/index.ts';
import { TransientError } from '../core/errors.ts';
import { publicKeys, sourceKey, workPrefix } from '../core/keys.ts';
import { PROCESS_TYPES } from '../core/process.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { acceptUpload } from './accept-upload.ts';
import { cancelWork } from './cancel.ts';
import { cleanUp } from './clean-up.ts';
import { abandonUpload, completeUpload, listUploadedParts, signParts } from './continue-upload.ts';
import { deleteVideo } from './delete-video.ts';
import { dispatch } from './dispatch.ts';
import { receiveForm } from './receive-form.ts';

/* Uploads on their way, and what becomes of them when they are ended half-way. */

const LARGE = 100 * 1024 * 1024;
const request = { filename: 'a.mp4', content_type: 'video/mp4', client_id: 'anna', profile: 'classic' } as const;

/** Parts of any size are taken. */
function world() {
  const here = twins();
  const uploads = memoryUploadStore({ now: here.ports.now, minPart: 1 });
  return { ...here, ports: { ...here.ports, uploads } };
}

async function multipart() {
  const here = world();
  const { video } = await acceptUpload(here.ports, { ...request, size: LARGE });
  const { upload_id: uploadId = '' } = video.upload;
  return { ...here, video, key: sourceKey(video.file_id), ref: { key: sourceKey(video.file_id), uploadId } };
}

it('gives the parts of a losing repeat back', async () => {
  const { ports } = world();
  const once = { key: 'k', fingerprint: 'f' };
  const answers = [];
  for (let i = 0; i < 2; i++) answers.push(await acceptUpload(ports, { ...request, size: LARGE }, once));
  expect(answers[1]?.video.file_id).toBe(answers[0]?.video.file_id);
  expect(ports.uploads.unfinished()).toHaveLength(1);
});

it('answers a repeat that comes after the time to send has run out with what to do', async () => {
  const { ports, clock } = world();
  const once = { key: 'k', fingerprint: 'f' };
  const { video } = await acceptUpload(ports, { ...request, size: 10 }, once);
  clock.pass(Date.parse(video.upload.expires_at) - clock.now().getTime());
  await expect(acceptUpload(ports, { ...request, size: 10 }, once)).rejects.toMatchObject({
    status: 410,
    code: 'upload_expired',
  });
});

it('leaves no record of a form whose bytes could not be stored', async () => {
  const { ports } = world();
  const write = async () => {
    throw new TransientError('storage_unavailable', 'S3 is away');
  };
  const failing = { ...ports, uploads: { ...ports.uploads, write } };
  await expect(receiveForm(failing, { ...request, size: 3 }, Buffer.from('abc'))).rejects.toThrow('S3 is away');
  expect(await ports.videos.recent({ owner: null, client_id: 'anna' }, new Date(0))).toEqual([]);
});

it('keeps the record of a form with a key, for the repeat to bring its bytes', async () => {
  const { ports } = world();
  const once = { key: 'k', fingerprint: 'f' };
  const send = (uploads = ports.uploads) =>
    receiveForm({ ...ports, uploads }, { ...request, size: 3 }, Buffer.from('abc'), once);
  const write = () => Promise.reject(new TransientError('storage_unavailable', 'S3 is away'));
  await expect(send({ ...ports.uploads, write })).rejects.toThrow('S3 is away');
  const [kept] = await ports.videos.recent({ owner: null, client_id: 'anna' }, new Date(0));
  expect((await send()).file_id).toBe(kept?.file_id);
  expect(ports.uploads.keys()).toEqual([sourceKey(kept?.file_id ?? '')]);
});

it('answers a repeat of a form with its video, whatever has become of that', async () => {
  const { ports } = world();
  const send = () => receiveForm(ports, { ...request, size: 3 }, Buffer.from('abc'), { key: 'k', fingerprint: 'f' });
  const { file_id } = await send();
  await dispatch(ports, sourceKey(file_id));
  for (const status of ['completed', 'failed'] as const) {
    await ports.videos.change(file_id, (video) => {
      const processes = { ...video.processes };
      for (const type of PROCESS_TYPES) processes[type] = { ...processes[type], status };
      return { ...video, processes };
    });
    expect((await send()).file_id).toBe(file_id);
  }
});

it('takes no more parts once a video is cancelled, and gives back those that it has', async () => {
  const { ports, video, ref } = await multipart();
  await cancelWork(ports, video.file_id);
  expect(ports.uploads.unfinished()).toEqual([]);
  const gone = { status: 409, code: 'upload_gone' };
  await expect(signParts(ports, video.file_id, [1])).rejects.toMatchObject(gone);
  await expect(listUploadedParts(ports, video.file_id)).rejects.toMatchObject(gone);
  await expect(ports.uploads.listParts(ref)).rejects.toMatchObject({ code: 'upload_gone' });
});

it('takes no more parts once the file is there', async () => {
  const { ports, video, key } = await multipart();
  await ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  await dispatch(ports, key);
  await expect(signParts(ports, video.file_id, [1])).rejects.toMatchObject({ status: 409, code: 'upload_gone' });
});

it('joins nothing before all parts are named', async () => {
  const { ports, video, key } = await multipart();
  const parts = [{ part_number: 1, etag: '"e"' }];
  await expect(completeUpload(ports, video.file_id, parts)).rejects.toMatchObject({
    status: 400,
    code: 'invalid_parts',
  });
  expect(await ports.uploads.head(key)).toBeUndefined();
});

it('gives nothing up that has arrived', async () => {
  const { ports } = world();
  const { video } = await acceptUpload(ports, { ...request, size: 5 });
  const key = sourceKey(video.file_id);
  await ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  await dispatch(ports, key);
  await expect(abandonUpload(ports, video.file_id)).rejects.toMatchObject({ status: 409, code: 'upload_complete' });
  expect(ports.uploads.keys()).toEqual([key]);
});

it('says the same to whoever completes an upload that somebody else has just completed', async () => {
  const { ports, video, key, ref } = await multipart();
  const parts = Array.from({ length: video.upload.part_count ?? 0 }, (_, i) => ({ part_number: i + 1, etag: '"e"' }));
  let looked = 0;
  const head: typeof ports.uploads.head = async (which) => (looked++ === 0 ? undefined : ports.uploads.head(which));
  await ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  await ports.uploads.abortMultipart(ref);
  const racing = { ...ports, uploads: { ...ports.uploads, head } };
  expect((await completeUpload(racing, video.file_id, parts)).file_id).toBe(video.file_id);
  expect(looked).toBe(2);
});

it.each([
  ['abandoned', abandonUpload],
  ['deleted', deleteVideo],
])('leaves nothing of an upload that is %s in the very moment in which its bytes arrive', async (_, end) => {
  const { ports } = world();
  const { video } = await acceptUpload(ports, { ...request, size: 5 });
  const key = sourceKey(video.file_id);
  const remove: typeof ports.videos.remove = async (which) => {
    await ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
    await dispatch(ports, key);
    return ports.videos.remove(which);
  };
  await end({ ...ports, videos: { ...ports.videos, remove } }, video.file_id);
  expect(await ports.videos.get(video.file_id)).toBeUndefined();
  expect(ports.uploads.keys()).toEqual([]);
});

it('tells followers and workers that a video is over before it goes, and gives its parts back', async () => {
  const { ports, video } = await multipart();
  const states: string[] = [];
  const change: typeof ports.videos.change = async (...args) => {
    const changed = await ports.videos.change(...args);
    if ('processes' in changed) states.push(...PROCESS_TYPES.map((type) => changed.processes[type].status));
    return changed;
  };
  await deleteVideo({ ...ports, videos: { ...ports.videos, change } }, video.file_id);
  expect(states).toEqual(['cancelled', 'cancelled']);
  expect(ports.uploads.unfinished()).toEqual([]);
});

it('deletes the record last, so that a call that dies half-way can be repeated', async () => {
  const { ports } = world();
  const { video } = await acceptUpload(ports, { ...request, size: 5 });
  const { file_id } = video;
  const meta = { contentType: 'video/mp4' };
  await ports.uploads.write(sourceKey(file_id), 'movie', meta);
  for (const key of [...publicKeys(file_id), `${workPrefix(file_id)}1/1/enhanced`]) {
    await ports.files.write(key, 'made', meta);
  }
  const remove = () => Promise.reject(new Error('the table is away'));
  await expect(deleteVideo({ ...ports, videos: { ...ports.videos, remove } }, file_id)).rejects.toThrow('away');
  expect([...ports.uploads.keys(), ...ports.files.keys()]).toEqual([]);
  await deleteVideo(ports, file_id);
  expect(await ports.videos.get(file_id)).toBeUndefined();
});

it('keeps what a later attempt is worked on with', async () => {
  const { ports } = world();
  const { file_id } = aVideo();
  const files = ['1/1/enhanced', '2/1/enhanced'].map((rest) => `attempts/${file_id}/${rest}`);
  for (const key of files) await ports.files.write(key, 'made', { contentType: 'video/mp4' });
  await cleanUp(ports, { file_id }, 1);
  expect(ports.files.keys()).toEqual([files[1]]);
});
