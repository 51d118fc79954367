import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type QueueName, RETRY_DELAYS_MS, type TaskMessage, type TaskType } from '../../core/messages.ts';
import type { Delivery, TaskQueue, TaskSource } from '../../core/ports/task-queue.ts';
import { newTrace } from '../../core/trace.ts';

/** A task queue with nothing in it, and what the tests need beside it. */
export interface TaskQueueRig {
  queue: TaskQueue & TaskSource;
  /** What lies parked, oldest first. */
  parked(): Promise<{ queue: QueueName; body: Uint8Array; reason: string }[]>;
  /** How many real milliseconds a delay of one second takes. */
  millisecondsPerSecond: number;
  close(): Promise<void>;
}

/** What every task queue must do. */
export function taskQueueConformance(openRig: (options: { requeueAfterMs: number }) => Promise<TaskQueueRig>): void {
  describe('task queue', () => {
    let rig: TaskQueueRig;
    let rigs: TaskQueueRig[];
    let consumers: Consumer[];
    const open = async (requeueAfterMs: number) => {
      rig = await openRig({ requeueAfterMs });
      rigs.push(rig);
    };
    beforeEach(async () => {
      rigs = [];
      consumers = [];
      await open(20);
    });
    afterEach(async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      for (const each of rigs) await each.close();
    });

    const consume = (queue: QueueName, handle?: (delivery: Delivery) => Promise<void>) => {
      const consumer = startConsumer(rig.queue, queue, handle);
      consumers.push(consumer);
      return consumer;
    };

    describe('routing', () => {
      it('gives an uploaded video to both queues', async () => {
        const [enhance, metadata] = [consume('enhance'), consume('metadata')];
        const message = task('video.uploaded');
        await rig.queue.publish(message);
        await until(() => enhance.taken.length === 1 && metadata.taken.length === 1);
        expect(enhance.messages()).toEqual([message]);
        expect(metadata.messages()).toEqual([message]);
      });

      it.each([
        ['video.enhance', 'enhance', 'metadata'],
        ['video.extract-metadata', 'metadata', 'enhance'],
      ] as const)('gives %s to one queue', async (type, to, notTo) => {
        const [right, wrong] = [consume(to), consume(notTo)];
        await rig.queue.publish(task(type));
        await until(() => right.taken.length === 1);
        await quiet();
        expect(right.taken).toHaveLength(1);
        expect(wrong.taken).toHaveLength(0);
      });

      it('refuses a message that does not fit the schema, and sends nothing', async () => {
        const { taken } = consume('enhance');
        await expect(rig.queue.publish({ ...task('video.enhance'), attempt: 0 })).rejects.toThrow();
        await quiet();
        expect(taken).toHaveLength(0);
      });
    });

    describe('deliveries', () => {
      it('come first without and, when the handler threw, again with the redelivered flag', async () => {
        let failures = 2;
        const { taken, messages } = consume('enhance', async () => {
          if (failures-- > 0) throw new Error('not now');
        });
        const message = task('video.enhance');
        await rig.queue.publish(message);
        await until(() => taken.length === 3);
        expect(taken.map(({ redelivered }) => redelivered)).toEqual([false, true, true]);
        expect(messages()).toEqual([message, message, message]);
      });

      it('are gone once handled', async () => {
        const first = consume('enhance');
        await rig.queue.publish(task('video.enhance'));
        await until(() => first.taken.length === 1);
        await first.stop();
        const second = consume('enhance');
        await quiet();
        expect(second.taken).toHaveLength(0);
      });

      it('keep their order and come one at a time', async () => {
        const gates: (() => void)[] = [];
        const { messages } = consume('enhance', () => new Promise((done) => gates.push(done)));
        const sent = [1, 2, 3].map((attempt) => ({ ...task('video.enhance'), attempt }));
        for (const message of sent) await rig.queue.publish(message);
        for (const count of [1, 2, 3]) {
          await until(() => gates.length === count);
          await quiet();
          expect(gates).toHaveLength(count);
          gates[count - 1]?.();
        }
        expect(messages()).toEqual(sent);
      });

      it('are shared between consumers, each given to one', async () => {
        const two = [consume('enhance', quiet), consume('enhance', quiet)];
        const sent = Array.from({ length: 6 }, () => task('video.enhance'));
        for (const message of sent) await rig.queue.publish(message);
        const taken = () => two.flatMap((consumer) => consumer.messages());
        await until(() => taken().length >= 6);
        await quiet();
        const ids = taken().map(({ file_id }) => file_id);
        expect(ids.toSorted()).toEqual(sent.map(({ file_id }) => file_id).toSorted());
        expect(two.map((consumer) => consumer.taken.length)).not.toContain(0);
      });
    });

    describe('lanes', () => {
      it('are looked into in their order, whenever a delivery is done', async () => {
        const gates: (() => void)[] = [];
        const stopping = new AbortController();
        const taken: string[] = [];
        const ended = rig.queue.consume(
          ['enhance', 'pieces'],
          ({ queue }) => {
            taken.push(queue);
            return new Promise((done) => gates.push(done));
          },
          stopping.signal,
        );
        for (const piece of ['chunk-0', 'chunk-1', 'chunk-2']) await rig.queue.publish(aPiece(piece));
        await until(() => taken.length === 1);
        await rig.queue.publish(task('video.enhance'));
        await quiet();
        for (const count of [1, 2, 3]) {
          gates[count - 1]?.();
          await until(() => taken.length === count + 1);
        }
        expect(taken).toEqual(['pieces', 'enhance', 'pieces', 'pieces']);
        gates[3]?.();
        stopping.abort();
        await ended;
      });

      it('are not held back by a worker that is busy', async () => {
        const gate = Promise.withResolvers<void>();
        const stopping = new AbortController();
        let busy = 0;
        const consume = () =>
          rig.queue.consume(
            ['enhance', 'pieces'],
            () => {
              busy += 1;
              return gate.promise;
            },
            stopping.signal,
          );
        const ended = [consume()];
        await rig.queue.publish(aPiece('chunk-0'));
        await until(() => busy === 1);
        await rig.queue.publish(task('video.enhance'));
        await quiet();
        ended.push(consume());
        await until(() => busy === 2);
        gate.resolve();
        stopping.abort();
        await Promise.all(ended);
      });
    });

    describe('stopping', () => {
      it('ends an idle consumer', async () => {
        const consumer = consume('enhance');
        await quiet();
        await consumer.stop();
        await rig.queue.publish(task('video.enhance'));
        await quiet();
        expect(consumer.taken).toHaveLength(0);
      });

      it('does not begin when the signal aborted before', async () => {
        await rig.queue.publish(task('video.enhance'));
        const handle = vi.fn(async () => {});
        await rig.queue.consume(['enhance'], handle, AbortSignal.abort());
        expect(handle).not.toHaveBeenCalled();
      });

      it('waits for the delivery in hand, which counts as handled, and leaves the rest to others', async () => {
        const gate = Promise.withResolvers<void>();
        const first = consume('enhance', () => gate.promise);
        const [inHand, next] = [task('video.enhance'), task('video.enhance')];
        await rig.queue.publish(inHand);
        await rig.queue.publish(next);
        await until(() => first.taken.length === 1);

        let stopped = false;
        const stopping = first.stop().then(() => {
          stopped = true;
        });
        const second = consume('enhance');
        await until(() => second.taken.length === 1);
        await quiet();
        expect(stopped).toBe(false);

        gate.resolve();
        await stopping;
        await quiet();
        expect(first.messages()).toEqual([inHand]);
        expect(second.messages()).toEqual([next]);
      });

      it('gives back at once what the handler refused', async () => {
        await open(60_000);
        const gate = Promise.withResolvers<void>();
        const first = consume('enhance', () => gate.promise);
        const message = task('video.enhance');
        await rig.queue.publish(message);
        await until(() => first.taken.length === 1);
        const stopping = first.stop();
        gate.reject(new Error('told to stop'));
        await stopping;
        const second = consume('enhance');
        await until(() => second.taken.length === 1);
        expect(second.messages()).toEqual([message]);
        expect(second.taken[0]?.redelivered).toBe(true);
      });
    });

    describe('a task for later', () => {
      it('reaches its one queue once, as new, when the delay is over and not before', async () => {
        const [enhance, metadata] = [consume('enhance'), consume('metadata')];
        const message = task('video.uploaded');
        const delay = RETRY_DELAYS_MS[0];
        const sentAt = performance.now();
        await rig.queue.publishLater('enhance', message, delay);
        await until(() => enhance.taken.length === 1, 5_000);
        const waited = performance.now() - sentAt;
        // Timers of different clocks may differ by a few milliseconds.
        expect(waited).toBeGreaterThan((delay / 1_000) * rig.millisecondsPerSecond - 10);
        await quiet();
        expect(enhance.messages()).toEqual([message]);
        expect(enhance.taken[0]?.redelivered).toBe(false);
        expect(metadata.taken).toHaveLength(0);
      });
    });

    describe('parking', () => {
      it('keeps the body to the byte, the queue and the reason', async () => {
        const body = Uint8Array.from([0, 255, 128, 10, 13, 195, 40]);
        const reason = 'unreadable: "é\n';
        await rig.queue.park('metadata', body, reason);
        await rig.queue.park('enhance', new Uint8Array(), 'empty');
        await until(async () => (await rig.parked()).length === 2);
        const [first, second] = await rig.parked();
        expect(first).toMatchObject({ queue: 'metadata', reason });
        expect(Uint8Array.from(first?.body ?? [])).toEqual(body);
        expect(second).toMatchObject({ queue: 'enhance', reason: 'empty' });
        expect(second?.body).toHaveLength(0);
      });
    });
  });
}

/** Any but those that belong to a plan. */
type PlainType = Exclude<TaskType, 'video.piece' | 'video.assemble'>;

export function task(type: PlainType): TaskMessage {
  return { v: 1, type, file_id: crypto.randomUUID(), attempt: 1, trace: newTrace() };
}

function aPiece(piece: string): TaskMessage {
  const { file_id, attempt, trace } = task('video.enhance');
  return { v: 1, type: 'video.piece', file_id, attempt, trace, plan: '0'.repeat(32), piece };
}

export interface Consumer {
  /** Every delivery so far. */
  taken: Delivery[];
  messages(): TaskMessage[];
  /** Aborts, and resolves when `consume` returned. */
  stop(): Promise<void>;
}

export function startConsumer(
  source: TaskSource,
  queue: QueueName,
  handle: (delivery: Delivery) => Promise<void> = async () => {},
): Consumer {
  const stopping = new AbortController();
  const taken: Delivery[] = [];
  const ended = source.consume(
    [queue],
    (delivery) => {
      taken.push(delivery);
      return handle(delivery);
    },
    stopping.signal,
  );
  return {
    taken,
    messages: () => taken.map(({ body }) => JSON.parse(Buffer.from(body).toString())),
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Polls until the condition holds; fails after `ms`. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 3_000): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: ms, interval: 5 });
}

/** Long enough for what must not happen to have happened. */
export async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}
