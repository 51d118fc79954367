import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MULTIPART_ABOVE, partLength, planUpload } from './upload-plan.ts';

it('sends small files in one PUT', () => {
  expect(planUpload(1)).toEqual({ kind: 'single' });
  expect(planUpload(MULTIPART_ABOVE)).toEqual({ kind: 'single' });
  expect(planUpload(MULTIPART_ABOVE + 1)).toMatchObject({ kind: 'multipart' });
});

it('cuts large files into parts that S3 takes and that add up to the file', () => {
  fc.assert(
    fc.property(fc.integer({ min: MULTIPART_ABOVE + 1, max: 5 * 1024 ** 4 }), (size) => {
      const plan = planUpload(size);
      if (plan.kind !== 'multipart') throw new Error('not multipart');
      expect(plan.part_count).toBeLessThanOrEqual(10_000);
      expect(plan.part_size).toBeGreaterThanOrEqual(5 * 1024 ** 2);
      expect(plan.part_size).toBeLessThanOrEqual(5 * 1024 ** 3);
      const last = partLength(size, plan, plan.part_count) ?? 0;
      expect(last).toBeGreaterThan(0);
      expect(last).toBeLessThanOrEqual(plan.part_size);
      expect(plan.part_size * (plan.part_count - 1) + last).toBe(size);
    }),
  );
});

it('knows no part beyond its plan', () => {
  const plan = { part_size: 10, part_count: 3 };
  for (const part of [0, -1, 4, 1.5, Number.NaN]) expect(partLength(25, plan, part)).toBeUndefined();
  expect(partLength(25, plan, 3)).toBe(5);
});
