import type { RangeSource } from '../../core/ports/index.ts';
import { readBlock } from './read-block.ts';

/** How much of the end is searched for the last cluster, in steps: browsers begin one every few seconds at most. */
const TAILS = [256 * 1024, 2 * 1024 * 1024, 16 * 1024 * 1024];

/** The EBML header is some dozen bytes, and the segment follows it. */
const HEAD = 4096;

/** Element ids. https://www.rfc-editor.org/rfc/rfc9559#section-5.1 */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
/** What may come before a cluster's timestamp: CRC-32 and Void. */
const FILLERS = new Set([0xbf, 0xec]);

/**
 * When the last block of a Matroska or WebM file ends, in its own ticks: for files that were written in one go, as
 * browsers record them, and never learned their length. Undefined where there is no cluster near the end.
 */
export async function endOfMatroska(source: RangeSource, signal: AbortSignal): Promise<number | undefined> {
  for (const [index, length] of TAILS.entries()) {
    if (index > 0 && (TAILS[index - 1] ?? 0) >= source.size) break;
    const start = Math.max(0, source.size - length);
    const end = endInTail(await readBlock(source, { start, end: source.size - 1 }, signal));
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Whether a Matroska or WebM file is as long as its header says; not where that does not say anything. */
export async function isWholeMatroska(source: RangeSource, signal: AbortSignal): Promise<boolean> {
  const head = await readBlock(source, { start: 0, end: Math.min(source.size, HEAD) - 1 }, signal);
  const header = elementAt(head, 0);
  const segment = header?.id === EBML ? elementAt(head, header.end) : undefined;
  return segment?.id === SEGMENT && segment.start + segment.size <= source.size;
}

/** As {@link endOfMatroska}, of the last bytes of a file. */
export function endInTail(tail: Buffer): number | undefined {
  const mark = Buffer.from('1f43b675', 'hex');
  for (let at = tail.lastIndexOf(mark); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(mark, at - 1)) {
    const end = endOfBlocks(tail, at);
    if (end !== undefined) return end;
  }
  return undefined;
}

interface Element {
  id: number;
  /** Of its data, and of those of its bytes that are there. */
  start: number;
  end: number;
  /** As it says itself; infinite where it does not. */
  size: number;
}

/** From a cluster on. Undefined when the bytes there only look like one, or it holds no block. */
function endOfBlocks(tail: Buffer, cluster: number): number | undefined {
  const header = elementAt(tail, cluster);
  if (!header) return undefined;
  const lastBlocks = new Map<number, { at: number; lasts: number }>();
  let timestamp: number | undefined;
  for (let at = header.start; at < tail.length; ) {
    const element = elementAt(tail, at);
    if (!element) break;
    const { id, start, end } = element;
    // Clusters and groups are entered, everything else is passed by.
    at = id === CLUSTER || id === BLOCK_GROUP ? start : end;
    if (id === TIMESTAMP) timestamp = numberIn(tail.subarray(start, end));
    else if (timestamp === undefined && !FILLERS.has(id)) return undefined;
    else if ((id === SIMPLE_BLOCK || id === BLOCK) && timestamp !== undefined) {
      const block = blockAt(tail, start);
      if (!block) break;
      const before = lastBlocks.get(block.track);
      const time = timestamp + block.time;
      lastBlocks.set(block.track, { at: time, lasts: before ? Math.max(0, time - before.at) : 0 });
    }
  }
  const ends = [...lastBlocks.values()].map(({ at, lasts }) => at + lasts);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** Undefined where the bytes end before the element's data begins, or its numbers are none. */
function elementAt(bytes: Buffer, at: number): Element | undefined {
  const idLength = lengthOfNumber(bytes[at], 4);
  const sizeAt = at + idLength;
  const sizeLength = lengthOfNumber(bytes[sizeAt], 8);
  const start = sizeAt + sizeLength;
  if (idLength === 0 || sizeLength === 0 || start > bytes.length) return undefined;
  const id = bytes.readUIntBE(at, idLength);
  let size = (bytes[sizeAt] ?? 0) & (0xff >> sizeLength);
  let isUnknown = size === 0xff >> sizeLength;
  for (let i = sizeAt + 1; i < start; i++) {
    size = size * 256 + (bytes[i] ?? 0);
    isUnknown &&= bytes[i] === 0xff;
  }
  if (isUnknown) size = Number.POSITIVE_INFINITY;
  return { id, start, end: Math.min(bytes.length, start + size), size };
}

/** By the number of leading zeroes; 0 where there are too many. https://www.rfc-editor.org/rfc/rfc8794#section-4 */
function lengthOfNumber(first = 0, longest: number): number {
  const length = Math.clz32(first) - 23;
  return length <= longest ? length : 0;
}

function numberIn(bytes: Buffer): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

/** Its track, and its time within the cluster. */
function blockAt(bytes: Buffer, at: number): { track: number; time: number } | undefined {
  const length = lengthOfNumber(bytes[at], 4);
  if (length === 0 || at + length + 2 > bytes.length) return undefined;
  return { track: bytes.readUIntBE(at, length), time: bytes.readInt16BE(at + length) };
}
