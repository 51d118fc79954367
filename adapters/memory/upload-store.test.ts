import { describe } from 'vitest';
import { objectStoreConformance } from '../../test/conformance/object-store.ts';
import { uploadStoreConformance } from '../../test/conformance/upload-store.ts';
import { memoryUploadStore } from './upload-store.ts';

describe('a bucket in memory', () => {
  objectStoreConformance(() => {
    const store = memoryUploadStore();
    return { store, other: memoryUploadStore(), unfinished: async () => store.unfinished() };
  });

  uploadStoreConformance(() => {
    const store = memoryUploadStore();
    return { store, send: (url, headers, body) => store.receive(url, headers, body) };
  });
});
