import type { ByteRange } from './range-header.ts';

/**
 * Storage is read in aligned blocks: each is fetched whole, so no connection to storage waits for a slow encoder, and
 * the latest are kept, since FFmpeg looks at a header, leaves, comes back, and hops between pictures and sound where a
 * file keeps them apart.
 */
const LARGEST_BLOCK = 512 * 1024;
const SMALLEST_BLOCK = 64 * 1024;
/** What a reader takes of a block is on average half of its first and half of its last: little of a part of the source. */
const BLOCKS_A_SOURCE = 512;
const KEPT = 32;
/**
 * Storage takes tens of milliseconds to begin with an answer. Whoever reads on is read ahead for, the further the longer
 * it lasts: by a half of what it has had, and no more than this.
 */
const MOST_AHEAD = 4;

/** The size of the blocks of a source, in bytes: a power of two. */
export function blockSizeOf(size: number): number {
  const share = 2 ** Math.floor(Math.log2(Math.max(1, size / BLOCKS_A_SOURCE)));
  return Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, share));
}

/** The blocks that are at hand or on their way, by number, in the order of their last use. */
export type Blocks = Map<number, { bytes: Promise<Buffer>; begunFor: AbortSignal }>;

interface Keeping {
  block?: number;
  kept?: number;
  /** Those of others who read the same. */
  blocks?: Blocks;
}

/**
 * The bytes of `size` bytes, by block; a block that is being read is not read again.
 *
 * @param signal ends what is read for this reader
 */
export function blocksOf(
  size: number,
  read: (block: ByteRange) => Promise<Buffer>,
  signal: AbortSignal,
  { block = blockSizeOf(size), kept = KEPT, blocks = new Map() }: Keeping = {},
) {
  async function blockAt(index: number): Promise<Buffer> {
    for (;;) {
      const { bytes, begunFor } = use(index);
      try {
        return await bytes;
      } catch (error) {
        // Not so when it was begun for another reader, who has left since.
        if (signal.aborted || !begunFor.aborted) throw error;
      }
    }
  }

  function use(index: number) {
    const known = blocks.get(index);
    const used = known ?? {
      bytes: read({ start: index * block, end: Math.min((index + 1) * block, size) - 1 }),
      begunFor: signal,
    };
    blocks.delete(index);
    blocks.set(index, used);
    if (!known) {
      used.bytes.catch(() => {
        if (blocks.get(index) === used) blocks.delete(index);
      });
      for (const oldest of blocks.keys()) {
        if (blocks.size <= kept) break;
        blocks.delete(oldest);
      }
    }
    return used;
  }

  /**
   * The bytes of a range, in pieces that lie in one block each.
   *
   * @param until where the reader will probably leave: nothing is read ahead from there on
   */
  return async function* bytes({ start, end }: ByteRange, until = size): AsyncGenerator<Buffer> {
    const last = Math.floor(Math.min(end, until - 1) / block);
    for (let had = 0; start <= end; had++) {
      const index = Math.floor(start / block);
      for (let ahead = 0; ahead <= Math.min(MOST_AHEAD, had >> 1) && index + ahead <= last; ahead++) use(index + ahead);
      const from = start - index * block;
      const piece = (await blockAt(index)).subarray(from, from + end - start + 1);
      start += piece.length;
      yield piece;
    }
  };
}
