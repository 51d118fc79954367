import { CHUNK_SECONDS } from '../../core/timeline.ts';
import type { ByteRange } from './range-header.ts';

/**
 * Storage is read in aligned blocks: each is fetched whole, so no connection to storage waits for a slow encoder, and
 * the latest are kept, since FFmpeg looks at a header, leaves, comes back, and hops between pictures and sound where a
 * file keeps them apart.
 */
const LARGEST_BLOCK = 512 * 1024;
const SMALLEST_BLOCK = 32 * 1024;
/** What a reader takes of a block is on average half of its first and half of its last: little of what it reads. */
const BLOCKS_A_SOURCE = 512;
const BLOCKS_A_CHUNK = 64;
/** Bytes: the header of a film of hours is some of them. */
const KEPT = 16 * 1024 * 1024;
/**
 * Storage takes tens of milliseconds to begin with an answer, however little is asked for. Whoever reads on is read ahead
 * for, several blocks at once, the further the longer it lasts: by a half of what it has had, and no more bytes than this.
 */
const MOST_AHEAD = 4 * 1024 * 1024;
/** Blocks, for who is known to read on. */
export const SOON_WANTED = 8;

/**
 * The size of the blocks of a source, in bytes: a power of two.
 *
 * @param duration in seconds, for who reads it chunk by chunk
 */
export function blockSizeOf(size: number, duration?: number): number {
  const most = duration ? (size / duration) * (CHUNK_SECONDS / BLOCKS_A_CHUNK) : size / BLOCKS_A_SOURCE;
  const share = 2 ** Math.floor(Math.log2(Math.max(1, most)));
  return Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, share));
}

/** The blocks that are at hand or on their way, by number, in the order of their last use. */
export type Blocks = Map<number, Block>;

interface Block {
  bytes: Promise<Buffer>;
  begunFor: AbortSignal;
  /** Whether nobody is likely to come back to it. */
  isPassing: boolean;
}

interface Keeping {
  block?: number;
  kept?: number;
  /** Those of others who read the same. */
  blocks?: Blocks;
  /**
   * What is read once, from its beginning to its end, and then no more: its blocks make way for each other. Without, it
   * would drive out the header, which the next reader of the same source begins with.
   */
  passing?: ByteRange | undefined;
}

/** What is known of where a reader goes. */
interface Foresight {
  until?: number;
  beyond?: () => Promise<boolean>;
  least?: number;
  isGlimpse?: boolean;
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
  { block = blockSizeOf(size), kept = KEPT / block, blocks = new Map(), passing }: Keeping = {},
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

  /** Where it is not there, it is asked for with as many of those behind it, up to so many, as are not there either. */
  function use(index: number, ahead = 0): Block {
    const known = blocks.get(index);
    if (!known) return begin(index, 1 + missing(index + 1, ahead));
    keep(index, known);
    return known;
  }

  /** How many, from this one on and up to so many, are not there. */
  function missing(from: number, most: number): number {
    let count = 0;
    while (count < most && !blocks.has(from + count)) count++;
    return count;
  }

  /** Asks for so many blocks at once; answers the first. */
  function begin(first: number, count: number): Block {
    const all = read({ start: first * block, end: Math.min((first + count) * block, size) - 1 });
    const begun = Array.from({ length: count }, (_, n): Block => {
      const bytes = all.then((bytes) => bytes.subarray(n * block, (n + 1) * block));
      return { bytes, begunFor: signal, isPassing: isPassing(first + n) };
    });
    for (const [n, each] of begun.entries()) {
      each.bytes.catch(() => {
        if (blocks.get(first + n) === each) blocks.delete(first + n);
      });
      keep(first + n, each);
    }
    return begun[0] as Block;
  }

  function keep(index: number, which: Block): void {
    blocks.delete(index);
    blocks.set(index, which);
    if (blocks.size <= kept) return;
    const all = [...blocks];
    // Half of the room for each.
    const isMostlyPassing = all.filter(([, { isPassing }]) => isPassing).length > kept / 2;
    const oldest = all.find(([, { isPassing }]) => isPassing === isMostlyPassing);
    if (oldest) blocks.delete(oldest[0]);
  }

  function isPassing(index: number): boolean {
    return passing !== undefined && index * block >= passing.start && (index + 1) * block - 1 <= passing.end;
  }

  /** Begins with what follows once less than half of it is there. */
  function readAhead(index: number, wanted: number): void {
    const isThere = (ahead: number) => ahead <= wanted && blocks.has(index + ahead);
    let next = 1;
    while (isThere(next)) next++;
    if (2 * next > wanted + 1) return;
    const count = missing(index + next, wanted - next + 1);
    if (count > 0) begin(index + next, count);
  }

  /**
   * The bytes of a range, in pieces that lie in one block each.
   *
   * @param until where the reader will probably leave: nothing is read ahead from there on
   * @param beyond is asked before each block from there on: whether it is still wanted
   * @param least so many blocks are read ahead from the beginning on
   * @param isGlimpse the reader may leave at any time: no more than those is read before it is come to, and none before
   *   it has come to as many
   */
  return async function* bytes(
    { start, end }: ByteRange,
    { until = size, beyond, least = 0, isGlimpse = false }: Foresight = {},
  ): AsyncGenerator<Buffer> {
    const last = Math.floor(Math.min(end, until - 1) / block);
    for (let had = 0; start <= end; had++) {
      if (start >= until && beyond && !(await beyond())) return;
      const index = Math.floor(start / block);
      const wanted = isGlimpse ? Math.min(least, had) : Math.max(least, had >> 1);
      const ahead = Math.min(wanted, MOST_AHEAD / block, last - index);
      use(index, ahead);
      if (!isGlimpse) readAhead(index, ahead);
      const from = start - index * block;
      const piece = (await blockAt(index)).subarray(from, from + end - start + 1);
      start += piece.length;
      yield piece;
    }
  };
}
