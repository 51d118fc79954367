import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { RangeSource } from '../core/ports/index.ts';

/** A local file as a source, which counts what was read of it. */
export async function fileSource(path: string): Promise<RangeSource & { bytesRead(): number }> {
  const { size } = await stat(path);
  let bytesRead = 0;
  return {
    size,
    bytesRead: () => bytesRead,
    read: async (start, end, signal) => {
      bytesRead += end - start + 1;
      return createReadStream(path, { start, end, signal });
    },
  };
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): RangeSource {
  return {
    size: bytes.length,
    read: async (start, end) => Readable.from([Buffer.from(bytes.subarray(start, end + 1))]),
  };
}
