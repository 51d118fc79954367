import { beforeEach, expect, it } from 'vitest';
import { BadInput, TransientError } from '../core/errors.ts';
import { metadataKey, sourceKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import { MetadataDocument } from '../core/metadata.ts';
import type { MediaTools } from '../core/ports/index.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { dispatch } from './dispatch.ts';
import { extractMetadata } from './extract-metadata.ts';

const never = new AbortController().signal;
const id = aVideo().file_id;
let world: ReturnType<typeof twins>;

beforeEach(async () => {
  world = twins();
  await world.ports.videos.create(aVideo());
  await world.ports.uploads.write(sourceKey(id), 'movie', { contentType: 'video/mp4' });
  await dispatch(world.ports, sourceKey(id));
});

const extract = (media: Partial<MediaTools> = {}) => {
  const ports = { ...world.ports, media: { ...world.ports.media, ...media } };
  return extractMetadata(ports, world.recorded.published[0] as TaskMessage, 'worker', never);
};
const state = async () => (await world.ports.videos.get(id))?.processes.metadata_extraction;

it('publishes the document, and says what it took', async () => {
  await extract();
  expect(await state()).toMatchObject({ status: 'completed', progress: 100 });
  const { size } = (await world.ports.files.head(metadataKey(id))) ?? { size: 0 };
  const chunks = [];
  for await (const chunk of await world.ports.files.read(metadataKey(id), { start: 0, end: size - 1 }))
    chunks.push(chunk);
  expect(MetadataDocument.parse(JSON.parse(Buffer.concat(chunks).toString()))).toMatchObject({ file_id: id });
  const receipt = (await world.ports.videos.get(id))?.receipts.metadata_extraction;
  expect(Object.keys(receipt?.steps ?? {}).sort()).toEqual(['first-frame', 'probe', 'publish']);
});

it('tells what the header says, and looks for no frame any more', async () => {
  const ended = Promise.withResolvers<void>();
  await extract({
    probe: () => Promise.reject(new BadInput('not_a_video', 'This file holds no video.')),
    firstFrame: (_, signal) =>
      new Promise((_, reject) => {
        const stop = () => {
          ended.resolve();
          reject(signal.reason);
        };
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop);
      }),
  });
  await ended.promise;
  expect(await state()).toMatchObject({ status: 'failed', error_code: 'not_a_video' });
});

it('tells what the header says even when the frame fails first', async () => {
  await extract({
    probe: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new BadInput('not_a_video', 'This file holds no video.');
    },
    firstFrame: () => Promise.reject(new BadInput('undecodable', 'No picture.')),
  });
  expect(await state()).toMatchObject({ status: 'failed', error_code: 'not_a_video' });
});

it('tries again when no frame was had for want of luck', async () => {
  await extract({ firstFrame: () => Promise.reject(new TransientError('decode_failed', 'killed')) });
  expect(await state()).toMatchObject({ status: 'pending', failures: 1 });
  expect(world.recorded.later).toMatchObject([{ queue: 'metadata' }]);
});
