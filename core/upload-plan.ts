const MiB = 1024 * 1024;

/** Above this a single PUT would be painful to repeat after a lost connection. */
export const MULTIPART_ABOVE = 32 * MiB;
const PREFERRED_PART = 16 * MiB;
/** S3 refuses more. */
const MAX_PARTS = 10_000;
/** One S3 object can be 50 TB; what a video may be is a question of cost, so it is a setting. */
export const DEFAULT_MAX_UPLOAD = 20 * 1024 * MiB;

export type UploadPlan = { kind: 'single' } | { kind: 'multipart'; part_size: number; part_count: number };

/**
 * How a source of this many bytes is sent. Every part but the last is exactly `part_size`.
 * Source of the limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export function planUpload(size: number): UploadPlan {
  if (size <= MULTIPART_ABOVE) return { kind: 'single' };
  const smallest = Math.ceil(size / MAX_PARTS / MiB) * MiB;
  const partSize = Math.max(PREFERRED_PART, smallest);
  return { kind: 'multipart', part_size: partSize, part_count: Math.ceil(size / partSize) };
}

/** The exact length of a part (numbered from 1), or undefined when there is no such part. */
export function partLength(
  size: number,
  plan: { part_size: number; part_count: number },
  part: number,
): number | undefined {
  if (!Number.isInteger(part) || part < 1 || part > plan.part_count) return undefined;
  return part < plan.part_count ? plan.part_size : size - plan.part_size * (plan.part_count - 1);
}
