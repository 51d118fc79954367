import { expect, it } from 'vitest';
import type { TaskMessage } from '../../core/messages.ts';
import { taking } from './take.ts';

const TASK: TaskMessage = {
  ...{ v: 1, type: 'video.enhance', attempt: 1 },
  file_id: '3b241101-e2bb-4255-8caf-4136c566a962',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};
const bytes = (what: unknown) => new TextEncoder().encode(JSON.stringify(what));

/** A worker that notes what happens, in order. */
function worker(work: () => Promise<void> = async () => {}) {
  const happened: string[] = [];
  const lasting = (what: string) => ({
    async during<T>(task: () => Promise<T>): Promise<T> {
      happened.push(`${what} begins`);
      try {
        return await task();
      } finally {
        happened.push(`${what} ends`);
      }
    },
  });
  const tasks = { park: async (queue: string, _: Uint8Array, why: string) => void happened.push(`${queue}: ${why}`) };
  const take = taking({ tasks, protection: lasting('protection'), meter: lasting('meter') }, async ({ file_id }) => {
    happened.push(`work on ${file_id}`);
    await work();
  });
  return { happened, take };
}

const WHOLE = ['protection begins', 'meter begins', `work on ${TASK.file_id}`, 'meter ends', 'protection ends'];

it('is protected from the first moment of a task to its last', async () => {
  const { happened, take } = worker();
  await take({ queue: 'enhance', body: bytes(TASK) });
  expect(happened).toEqual(WHOLE);
});

it('is protected no longer when the work has failed, and has the task come back', async () => {
  const { happened, take } = worker(() => Promise.reject(new Error('broken')));
  await expect(take({ queue: 'enhance', body: bytes(TASK) })).rejects.toThrow('broken');
  expect(happened).toEqual(WHOLE);
});

it('puts aside what is no task, and needs no protection for that', async () => {
  const { happened, take } = worker();
  await take({ queue: 'pieces', body: bytes({ v: 1, type: 'video.destroy' }) });
  expect(happened).toEqual(['pieces: not a task message']);
});
