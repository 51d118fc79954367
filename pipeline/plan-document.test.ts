import { expect, it } from 'vitest';
import { attemptKey } from '../core/keys.ts';
import { cancelVideo } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { plainFacts } from '../test/plain-facts.ts';
import { twins } from '../test/twins.ts';
import { forgetPlan, type PlanDocument, readPlan, writePlan } from './plan-document.ts';

const never = new AbortController().signal;
const DOCUMENT: PlanDocument = {
  v: 1,
  seconds: 10,
  probe: { facts: plainFacts(), report: {} },
  interlacing: null,
  plan: { graph: '', color: plainFacts().video.color, findings: [] },
  cut: {
    timeline: { timeBase: { num: 1, den: 1 }, origin: 0, first: 0, chunks: [] },
    ...{ encoder: 'paper', threads: 1, build: '1', sound: false },
  },
} as unknown as PlanDocument;

async function planned() {
  const { ports } = twins();
  const video = await ports.videos.create(aVideo());
  return { ports, video, id: await writePlan(ports.files, video, DOCUMENT) };
}

it('is read as it was written, under the name of what is in it', async () => {
  const { ports, video, id } = await planned();
  expect(await readPlan(ports.files, video, id, never)).toEqual(DOCUMENT);
  expect(await writePlan(ports.files, video, DOCUMENT)).toBe(id);
  expect(await writePlan(ports.files, video, { ...DOCUMENT, seconds: 5 })).not.toBe(id);
});

it('is not taken for one that is gone, or is another', async () => {
  const { ports, video, id } = await planned();
  const gone = { code: 'no_plan', retryable: true };
  await expect(readPlan(ports.files, video, 'f'.repeat(32), never)).rejects.toMatchObject(gone);
  const key = attemptKey(video.file_id, 1, 0, `plan-${id}.json`);
  await ports.files.write(key, JSON.stringify({ ...DOCUMENT, seconds: 5 }), { contentType: 'application/json' });
  await expect(readPlan(ports.files, video, id, never)).rejects.toMatchObject(gone);
});

it('is taken back only where nobody can follow it: another may have planned the same', async () => {
  const { ports, video, id } = await planned();
  await forgetPlan(ports, video, id);
  expect(ports.files.keys()).toHaveLength(1);
  await ports.videos.change(video.file_id, (current) => cancelVideo(current, ports.now()));
  await forgetPlan(ports, video, id);
  expect(ports.files.keys()).toEqual([]);
});
