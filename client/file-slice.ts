import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A file as it was when it was opened. */
export interface OpenedFile extends Pick<Stats, 'size' | 'mtimeMs'> {
  path: string;
}

/** Read at once. */
const CHUNK = 64 * 1024;

/**
 * Some bytes of a file on this disk, read when they are sent: those of another state of the file are an error. Node has
 * `openAsBlob` for that, which counts in 32 bits and loses what lies behind 2 GiB:
 * https://github.com/nodejs/node/issues/52585
 */
export class FileSlice extends Blob {
  override readonly size: number;
  readonly #file: OpenedFile;
  readonly #start: number;
  readonly #end: number;

  /** @param end behind the last byte */
  constructor(file: OpenedFile, start = 0, end = file.size) {
    super([]);
    this.#file = file;
    this.#start = start;
    this.#end = end;
    this.size = end - start;
  }

  /** @param start not negative, as are all positions here */
  override slice(start = 0, end = this.size): FileSlice {
    const within = (at: number) => Math.min(this.#end, this.#start + at);
    return new FileSlice(this.#file, within(start), within(Math.max(start, end)));
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return Readable.toWeb(Readable.from(this.#chunks())) as ReadableStream<Uint8Array<ArrayBuffer>>;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return new Response(this.stream()).arrayBuffer();
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }

  override text(): Promise<string> {
    return new Response(this.stream()).text();
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    const { path, size, mtimeMs } = this.#file;
    const file = await open(path);
    try {
      const now = await file.stat();
      if (now.size !== size || now.mtimeMs !== mtimeMs) throw new Error(`${path} is not what it was.`);
      for (let at = this.#start; at < this.#end; ) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(CHUNK, this.#end - at)), {
          position: at,
        });
        if (bytesRead === 0) throw new Error(`${path} ends at ${at}.`);
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  }
}
