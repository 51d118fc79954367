import type { Frame } from '../../core/media.ts';

const HEADERS = 54;

/**
 * A 24-bit BMP, as FFmpeg writes it: rows from the bottom up, each filled to a multiple of four bytes. Undefined when
 * the bytes are no such thing.
 * https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage
 *
 * @param upsideDown it shows a picture that was flipped before: mostly, its bytes can stay where they are then
 */
export function unpackBitmap(bmp: Buffer, { upsideDown = false } = {}): Frame | undefined {
  if (bmp.length < HEADERS || bmp.toString('latin1', 0, 2) !== 'BM' || bmp.readUInt16LE(28) !== 24) return undefined;
  const pixels = bmp.readUInt32LE(10);
  const width = bmp.readInt32LE(18);
  const height = bmp.readInt32LE(22);
  const stride = (width * 3 + 3) & ~3;
  if (width < 1 || height < 1 || bmp.length < pixels + stride * height) return undefined;
  if (upsideDown && stride === width * 3) {
    return { width, height, bgr: bmp.subarray(pixels, pixels + stride * height) };
  }
  const bgr = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = pixels + (upsideDown ? y : height - 1 - y) * stride;
    bgr.set(bmp.subarray(row, row + width * 3), y * width * 3);
  }
  return { width, height, bgr };
}
