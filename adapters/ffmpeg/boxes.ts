import { type FileHandle, open } from 'node:fs/promises';
import type { RangeSource } from '../../core/ports/index.ts';
import { readBlock } from './read-block.ts';

/**
 * The types of an MP4's top-level boxes, in their order. Undefined when they do not add up to the file.
 * ISO/IEC 14496-12, 4.2
 */
export async function topLevelBoxes(path: string): Promise<string[] | undefined> {
  const file = await open(path);
  try {
    const boxes = await boxesIn(file, 0, (await file.stat()).size);
    return boxes?.map(({ type }) => type);
  } finally {
    await file.close();
  }
}

/** The boxes from the file down to the video's sample entry, and how many bytes of their own come before the next. */
const WAY: Record<string, number> = { moov: 8, trak: 8, mdia: 8, minf: 8, stbl: 8, stsd: 16, avc1: 86 };
/** How bright HDR gets: FFmpeg 5 copies that from the source's header, whatever became of the picture. */
const UNTRUE = new Set(['clli', 'mdcv']);

/**
 * Makes empty space of what an MP4 of ours says of HDR that it does not have. Nothing moves.
 * ISO/IEC 14496-12, 8.1.2 and 12.1.6
 */
export async function forgetHdr(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await forgetIn(file, 0, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function forgetIn(file: FileHandle, start: number, end: number): Promise<void> {
  for (const { type, at, size } of (await boxesIn(file, start, end)) ?? []) {
    const header = WAY[type];
    if (header !== undefined) await forgetIn(file, at + header, at + size);
    else if (UNTRUE.has(type)) await file.write('free', at + 4, 'latin1');
  }
}

/** Of a box: its size and its type, and its size again where that takes more. */
const HEADER = 16;
/** Before the first fragment come a type, a header, and some space at the most. */
const FIRST = 8;

/**
 * Whether an MP4 has no index of its fragments, each of which says for itself what is in it: who opens it goes through all
 * of them. ISO/IEC 14496-12, 8.8 and 8.16.3
 */
export async function isInLooseFragments(source: RangeSource, signal: AbortSignal): Promise<boolean> {
  let at = 0;
  for (let i = 0; i < FIRST && at < source.size; i++) {
    const header = await readBlock(source, { start: at, end: Math.min(source.size, at + HEADER) - 1 }, signal);
    const box = boxOf(header, at, source.size);
    if (!box || box.type === 'sidx' || box.type === 'mdat') return false;
    if (box.type === 'moof') return true;
    at += box.size;
  }
  return false;
}

interface Box {
  type: string;
  at: number;
  size: number;
}

/** Undefined when they do not add up to the end. */
async function boxesIn(file: FileHandle, start: number, end: number): Promise<Box[] | undefined> {
  const boxes: Box[] = [];
  let at = start;
  while (at < end) {
    const box = await boxAt(file, at, end);
    if (!box) return undefined;
    boxes.push(box);
    at += box.size;
  }
  return at === end ? boxes : undefined;
}

async function boxAt(file: FileHandle, at: number, end: number): Promise<Box | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER), 0, HEADER, at);
  return boxOf(buffer.subarray(0, bytesRead), at, end);
}

function boxOf(header: Buffer, at: number, end: number): Box | undefined {
  if (header.length < 8) return undefined;
  const short = header.readUInt32BE(0);
  if (short === 1 && header.length < HEADER) return undefined;
  // 1: the size follows in 64 bits. 0: the box goes on to the end of the file.
  const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? end - at : short;
  return size < 8 ? undefined : { type: header.toString('latin1', 4, 8), at, size };
}
