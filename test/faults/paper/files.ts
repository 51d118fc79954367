import { Writable } from 'node:stream';

/** What was written to files, by path: on paper there are none. */
const files = new Map<string, string>();

/** Stands in for that of `node:fs`, and like nothing else here it waits for nobody. */
export function createWriteStream(path: string): Writable {
  const chunks: Buffer[] = [];
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
    final(done) {
      files.set(path, Buffer.concat(chunks).toString());
      done();
    },
  });
}

/** @throws Error when nobody wrote it */
export function readWritten(path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`There is no file ${path}.`);
  files.delete(path);
  return text;
}
