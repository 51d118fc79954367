import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { videoTypeOf } from '../core/video-type.ts';
import { FileSlice } from './file-slice.ts';
import { type Client, type ClientOptions, createClient as create } from './index.ts';
import { streamBlob } from './stream-blob.ts';
import type { UploadFile } from './types.ts';

export * from './index.ts';

/** The client as Node runs it: uploads report every few kilobytes. */
export function createClient(options: ClientOptions): Client {
  return create({ send: streamBlob, ...options });
}

/**
 * A file on this disk, to be given to `upload`. It is read as it is sent, never as a whole; when it changes meanwhile,
 * the upload fails with FileError. Its type is told by its name unless given.
 *
 * @throws the file system's errors, where it cannot be opened
 */
export async function fileAt(path: string, given: { name?: string; type?: string } = {}): Promise<UploadFile> {
  const { size, mtimeMs } = await stat(path);
  const bytes = new FileSlice({ path, size, mtimeMs });
  // Whether it may be read shows now, not when its turn comes.
  await bytes.slice(0, 1).arrayBuffer();
  const name = given.name ?? basename(path);
  return {
    name,
    size,
    // One with an unusual name must get as far as where its bytes are looked at.
    type: given.type ?? videoTypeOf({ name }) ?? 'video/mp4',
    slice: (start, end) => bytes.slice(start, end),
  };
}
