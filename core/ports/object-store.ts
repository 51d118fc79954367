import type { Readable } from 'node:stream';

/** One bucket. */
export interface ObjectStore {
  /** By which other stores of the same service know it. */
  readonly bucket: string;

  head(key: string): Promise<ObjectInfo | undefined>;

  /**
   * Reads bytes `start` to `end`, both inclusive, or to the object's end.
   *
   * @throws ObjectConflict `object_changed` when the object's etag is no longer `etag`, `object_gone` when there is none,
   * `invalid_range` when it ends before `start`.
   */
  read(key: string, range: { start: number; end: number; etag?: string }, signal?: AbortSignal): Promise<Readable>;

  write(key: string, body: Uint8Array | string, meta: ObjectMeta, condition?: WriteCondition): Promise<ObjectInfo>;

  /** Writes a local file of any size, in parts where it is large, with checksums. */
  writeFile(key: string, path: string, meta: ObjectMeta, signal?: AbortSignal): Promise<ObjectInfo>;

  /**
   * Copies within the bucket, whatever the size, if the target is still what the caller saw.
   *
   * @throws ObjectConflict `precondition_failed` when it is not.
   */
  copy(from: string, to: string, meta: ObjectMeta, condition: WriteCondition): Promise<ObjectInfo>;

  /**
   * Copies from another bucket, likewise and without a byte coming here: exactly the object that the caller knows.
   *
   * @throws ObjectConflict `precondition_failed` as above; `object_changed` when the source's etag is another, `object_gone`
   * when there is no source.
   */
  copyFrom(
    from: { bucket: string } & Pick<ObjectInfo, 'key' | 'size' | 'etag'>,
    to: string,
    meta: ObjectMeta,
    condition: WriteCondition,
    signal?: AbortSignal,
  ): Promise<ObjectInfo>;

  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** Removes everything below a prefix. */
  removeAll(prefix: string): Promise<void>;

  /** Uploads in parts that were neither completed nor aborted: somebody is at it, or died over it. */
  openUploads(): Promise<MultipartRef[]>;
  /** Reclaims the parts. Aborting what is not there is no error. */
  abortMultipart(upload: MultipartRef): Promise<void>;
}

export interface ObjectInfo {
  key: string;
  size: number;
  etag: string;
  content_type: string | null;
  /** Of the whole object, where the store keeps one: `ALGORITHM:base64`, such as `CRC64NVME:…`. */
  checksum: string | null;
}

export interface ObjectMeta {
  contentType: string;
  cacheControl?: string;
}

/** `absent`: only where nothing is; an etag: only over exactly that object. */
export type WriteCondition = { absent: true } | { etag: string };

/** A bucket that people upload to, by URLs that say exactly what may be sent. */
export interface UploadStore extends ObjectStore {
  /** A URL for one PUT of exactly `size` bytes, which cannot overwrite. `headers` says what to send with it. */
  presignPut(key: string, put: { size: number; contentType: string; expiresAt: Date }): Promise<SignedPut>;

  createMultipart(key: string, contentType: string): Promise<string>;
  /** A URL for one part of exactly `size` bytes. */
  presignPart(upload: MultipartRef, part: { number: number; size: number; expiresAt: Date }): Promise<string>;
  /**
   * The parts S3 has, by number.
   *
   * @throws ObjectConflict `upload_gone` when the upload was completed, aborted, or never was.
   */
  listParts(upload: MultipartRef): Promise<UploadedPart[]>;
  /**
   * Joins the parts into the object, unless there is one already.
   *
   * @throws ObjectConflict `upload_gone` as above; `invalid_parts` when a part is missing or its etag is another.
   */
  completeMultipart(upload: MultipartRef, parts: { part_number: number; etag: string }[]): Promise<void>;
}

export interface SignedPut {
  url: string;
  headers: Record<string, string>;
}

export interface MultipartRef {
  key: string;
  uploadId: string;
}

export interface UploadedPart {
  part_number: number;
  size: number;
  etag: string;
}
