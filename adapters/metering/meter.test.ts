import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { NOTHING_SPENT } from '../../core/spent.ts';
import { createMeter } from './meter.ts';
import { count } from './tally.ts';

function stoppable() {
  let time = 0;
  return {
    clock: () => time,
    pass: (seconds: number) => {
      time += seconds;
    },
  };
}

it('charges a task what the machine was there for, times its size, and what was asked for in its course', async () => {
  const { clock, pass } = stoppable();
  const meter = createMeter({ vcpus: 2, gib: 4 }, clock);
  pass(100);
  const taken = await meter.during(async () => {
    pass(3);
    count({ s3_reads: 1 });
    await sleep(1);
    count({ s3_reads: 1, table_writes: 4.5 });
    return meter.taken();
  });
  expect(taken).toEqual({
    ...NOTHING_SPENT,
    ...{ runs: 1, seconds: 3, vcpu_seconds: 6, gib_seconds: 12, s3_reads: 2, table_writes: 4.5 },
  });
});

it('charges tasks that run at once their shares, which together are the time that passed', async () => {
  const { clock, pass } = stoppable();
  const meter = createMeter({ vcpus: 0, gib: 1 }, clock);
  const longer = Promise.withResolvers<void>();
  const first = meter.during(async () => {
    pass(2);
    count({ messages: 1 });
    await longer.promise;
    return meter.taken();
  });
  const second = await meter.during(async () => {
    pass(6);
    return meter.taken();
  });
  pass(1);
  longer.resolve();
  expect(second).toMatchObject({ seconds: 3, vcpu_seconds: 0, gib_seconds: 3, messages: 0 });
  expect(await first).toMatchObject({ seconds: 2 + 3 + 1, messages: 1 });
});

it('counts what timers of the task do as its own, and nothing outside of a task', async () => {
  const meter = createMeter({ vcpus: 1, gib: 1 });
  count({ messages: 1 });
  expect(meter.taken()).toEqual(NOTHING_SPENT);
  const counted = await meter.during(async () => {
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        count({ messages: 1 });
        resolve();
      }, 1);
    });
    return meter.taken();
  });
  expect(counted.messages).toBe(1);
});

it('ends a task that fails', async () => {
  const { clock, pass } = stoppable();
  const meter = createMeter({ vcpus: 1, gib: 1 }, clock);
  await expect(meter.during(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const alone = await meter.during(async () => {
    pass(1);
    return meter.taken();
  });
  expect(alone.seconds).toBe(1);
});
