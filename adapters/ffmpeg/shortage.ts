import { ResourceError } from '../../core/errors.ts';
import type { Ended } from './run.ts';

/**
 * What this machine was short of, when that is why FFmpeg ended: room on its disk, or memory, for want of which the kernel
 * ends whoever has most of it.
 */
export function shortage({
  code,
  signal,
  stderr,
}: Pick<Ended, 'code' | 'signal' | 'stderr'>): ResourceError | undefined {
  if (code === 0) return undefined;
  if (/No space left on device|File too large/.test(stderr)) {
    return new ResourceError('disk_full', 'There was not enough room on the disk for this video.');
  }
  if (signal === 'SIGKILL' || /Cannot allocate memory|malloc of size \d+ failed/.test(stderr)) {
    return new ResourceError('out_of_memory', 'There was not enough memory for this video.');
  }
  return undefined;
}
