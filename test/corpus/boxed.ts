import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kitchen } from './case.ts';

/** The boxes on the way to a sample entry. ISO/IEC 14496-12 */
const WAY = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];

/**
 * An MP4 of the chart with another box at the end of its first sample entry: for what FFmpeg reads but does not write.
 * Its header is last, so that nothing that is addressed moves.
 */
export async function boxed(kitchen: Kitchen, path: string, args: string[], entry: string, box: Buffer): Promise<void> {
  const plain = join(kitchen.folder, 'before-boxing.mp4');
  await kitchen.ffmpeg(...kitchen.chart(), '-frames:v', '25', ...args, plain);
  const bytes = await readFile(plain);
  let at = 0;
  const starts: number[] = [];
  for (const type of [...WAY, entry]) {
    // A name can turn up inside what is compressed, but the header comes after that.
    at = type === 'moov' ? bytes.lastIndexOf('moov') : bytes.indexOf(type, at);
    if (at < 0) throw new Error(`no ${type} in ${plain}`);
    starts.push(at - 4);
  }
  for (const start of starts) bytes.writeUInt32BE(bytes.readUInt32BE(start) + box.length, start);
  const last = starts.at(-1) ?? 0;
  const end = last + bytes.readUInt32BE(last) - box.length;
  await writeFile(path, Buffer.concat([bytes.subarray(0, end), box, bytes.subarray(end)]));
}
