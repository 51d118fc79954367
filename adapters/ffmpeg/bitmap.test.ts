import { expect, it } from 'vitest';
import { unpackBitmap } from './bitmap.ts';

/** A BMP of two rows, the lower one first. */
function bitmap(width: number): Buffer {
  const stride = (width * 3 + 3) & ~3;
  const bmp = Buffer.alloc(54 + stride * 2);
  bmp.write('BM');
  bmp.writeUInt32LE(54, 10);
  bmp.writeInt32LE(width, 18);
  bmp.writeInt32LE(2, 22);
  bmp.writeUInt16LE(24, 28);
  bmp.fill(1, 54, 54 + width * 3);
  bmp.fill(2, 54 + stride, 54 + stride + width * 3);
  return bmp;
}

it.each([3, 4])('has its rows from the top, without what fills them: %i wide', (width) => {
  const lower = Array<number>(width * 3).fill(1);
  const upper = Array<number>(width * 3).fill(2);
  expect(unpackBitmap(bitmap(width))).toMatchObject({ width, height: 2, bgr: Uint8Array.of(...upper, ...lower) });
  const flipped = unpackBitmap(bitmap(width), { upsideDown: true });
  expect([...(flipped?.bgr ?? [])]).toEqual([...lower, ...upper]);
});

it('is not made of anything else', () => {
  expect(unpackBitmap(Buffer.alloc(100))).toBeUndefined();
  expect(unpackBitmap(bitmap(4).subarray(0, -1))).toBeUndefined();
});
