/** Files taken apart and put together again: MP4's boxes, EBML's elements, RIFF's chunks. */

/** A box with its size and name. https://developer.apple.com/documentation/quicktime-file-format/atoms */
export function box(name: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/**
 * The file with the content of the first box at the path replaced, and every box around it of the right size. What comes
 * after it moves: the file's data has to lie before its `moov`, as FFmpeg writes it.
 */
export function withBox(bytes: Buffer, path: string[], change: (content: Buffer) => Buffer): Buffer {
  const [name, ...below] = path;
  if (name === undefined) return change(bytes);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8) break;
    if (bytes.toString('latin1', at + 4, at + 8) === name) {
      const content = withBox(bytes.subarray(at + 8, at + size), below, change);
      return Buffer.concat([bytes.subarray(0, at), box(name, content), bytes.subarray(at + size)]);
    }
    at += size;
  }
  throw new Error(`there is no box ${path.join('/')}`);
}

export const SAMPLES = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** Big-endian, 32 bits each. */
export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, i * 4);
  return bytes;
}

/** The Matroska file with the first element of this id (as in the file) replaced by as many bytes. */
export function withElement(bytes: Buffer, id: string, change: (data: Buffer) => void): Buffer {
  const changed = Buffer.from(bytes);
  const mark = Buffer.from(id, 'hex');
  const at = changed.indexOf(mark);
  if (at < 0) throw new Error(`there is no element ${id}`);
  const size = changed.readUInt8(at + mark.length) & 0x7f;
  const data = at + mark.length + 1;
  change(changed.subarray(data, data + size));
  return changed;
}

/** A chunk of a RIFF file; a list where it has a type. */
export function riffChunk(name: string, content: Uint8Array, type = ''): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

/** The chunks of a RIFF list's content. */
export function riffChunks(bytes: Buffer): { name: string; type: string; content: Buffer }[] {
  const chunks = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const isList = name === 'LIST' || name === 'RIFF';
    const type = isList ? bytes.toString('latin1', at + 8, at + 12) : '';
    chunks.push({ name, type, content: bytes.subarray(at + 8 + type.length, at + 8 + size) });
    at += 8 + size + (size % 2);
  }
  return chunks;
}
