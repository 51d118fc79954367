import { type FileHandle, open } from 'node:fs/promises';

/**
 * The types of an MP4's top-level boxes, in their order. Undefined when they do not add up to the file.
 * ISO/IEC 14496-12, 4.2
 */
export async function topLevelBoxes(path: string): Promise<string[] | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const types: string[] = [];
    let at = 0;
    while (at < size) {
      const box = await boxAt(file, at, size);
      if (!box) return undefined;
      types.push(box.type);
      at += box.size;
    }
    return at === size ? types : undefined;
  } finally {
    await file.close();
  }
}

async function boxAt(file: FileHandle, at: number, end: number): Promise<{ type: string; size: number } | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, at);
  if (bytesRead < 8) return undefined;
  const short = buffer.readUInt32BE(0);
  if (short === 1 && bytesRead < 16) return undefined;
  // 1: the size follows in 64 bits. 0: the box goes on to the end of the file.
  const size = short === 1 ? Number(buffer.readBigUInt64BE(8)) : short === 0 ? end - at : short;
  return size < 8 ? undefined : { type: buffer.toString('latin1', 4, 8), size };
}
