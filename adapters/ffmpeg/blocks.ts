import type { ByteRange } from './range-header.ts';

/**
 * Storage is read in aligned blocks: each is fetched whole, so no connection to storage waits for a slow encoder, and
 * the latest are kept, since FFmpeg looks at a header, leaves, comes back, and hops between pictures and sound where a
 * file keeps them apart.
 */
const BLOCK = 512 * 1024;
const KEPT = 32;

/** The bytes of `size` bytes, by block; a block that is being read is not read again. */
export function blocksOf(
  size: number,
  read: (block: ByteRange) => Promise<Buffer>,
  { block = BLOCK, kept = KEPT } = {},
) {
  const blocks = new Map<number, Promise<Buffer>>();

  function blockAt(index: number): Promise<Buffer> {
    const known = blocks.get(index);
    const bytes = known ?? read({ start: index * block, end: Math.min((index + 1) * block, size) - 1 });
    // The map keeps its keys in the order of their last use.
    blocks.delete(index);
    blocks.set(index, bytes);
    if (!known) {
      bytes.catch(() => blocks.delete(index));
      for (const oldest of blocks.keys()) {
        if (blocks.size <= kept) break;
        blocks.delete(oldest);
      }
    }
    return bytes;
  }

  /** The bytes of a range, in pieces that lie in one block each. */
  return async function* bytes({ start, end }: ByteRange): AsyncGenerator<Buffer> {
    while (start <= end) {
      const index = Math.floor(start / block);
      const from = start - index * block;
      const piece = (await blockAt(index)).subarray(from, from + end - start + 1);
      start += piece.length;
      yield piece;
    }
  };
}
