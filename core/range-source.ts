import { pipeline, Transform } from 'node:stream';
import type { RangeSource } from './ports/media-tools.ts';
import type { ObjectInfo, ObjectStore } from './ports/object-store.ts';

/**
 * One object as it was when it was looked at: every read fails with `object_changed` once the key holds other bytes.
 * `bytesRead` counts what has left the store so far, whoever asked for it.
 */
export function rangeSource(
  store: Pick<ObjectStore, 'read'>,
  { key, size, etag }: Pick<ObjectInfo, 'key' | 'size' | 'etag'>,
): RangeSource & { bytesRead(): number } {
  let bytesRead = 0;
  return {
    size,
    identity: `${key} ${etag}`,
    bytesRead: () => bytesRead,
    async read(start, end, signal) {
      const bytes = await store.read(key, { start, end, etag }, signal);
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytesRead += chunk.length;
          done(null, chunk);
        },
      });
      // Whoever reads sees the failures; `pipeline` ends each stream with the other.
      return pipeline(bytes, counter, () => {});
    },
  };
}
