import { BasePlugin, type PluginOpts, type Uppy } from '@uppy/core';
import type { Body, Meta, UppyFile } from '@uppy/core/utils';
import {
  type Client,
  ConnectionError,
  type UploadOptions,
  type UploadRequested,
  type UploadSession,
} from '../../client/index.ts';
import { AWAY_MS } from '../away.ts';
import { fileIdOf } from './sessions.ts';
import type { Wishes } from './wishes.ts';

export interface UploadMeta extends Meta, Wishes {
  /** Names the file across reloads. */
  key: string;
  /** Once the server knows of it. */
  file_id?: string;
  /** The connection is lost; it goes on by itself. */
  waiting?: boolean;
}

export interface UploaderOptions extends PluginOpts {
  client: Pick<Client, 'upload' | 'abandon'>;
  sessionOf(key: string): UploadSession | UploadRequested | undefined;
  keep(file: UppyFile<UploadMeta, Body>, session: UploadSession | UploadRequested): void;
  forget(key: string): void;
}

/** Files at once; each sends several parts at once. */
const AT_ONCE = 3;

class Interrupted extends Error {}

/**
 * Uppy's uploader that speaks our API, through the client that the command line uses too: parts in parallel, a fresh URL
 * for each, resumed from what the storage has. (`@uppy/aws-s3` signs S3's own operations and sends a file's parts one
 * after another, so it fits neither our endpoints nor our haste.)
 */
export class Uploader extends BasePlugin<UploaderOptions, UploadMeta, Body> {
  readonly #running = new Map<string, AbortController>();
  readonly #wake = new Map<string, () => void>();
  readonly #line: (() => void)[] = [];
  #free = AT_ONCE;

  constructor(uppy: Uppy<UploadMeta, Body>, options?: UploaderOptions) {
    super(uppy, options);
    this.id = 'Uploader';
    this.type = 'uploader';
  }

  override install(): void {
    const { uppy } = this;
    uppy.setState({ capabilities: { ...uppy.getState().capabilities, resumableUploads: true } });
    uppy.addUploader((ids) => Promise.all(ids.map((id) => this.#inTurn(id))).then(() => {}));
    uppy.on('upload-pause', (file) => {
      if (file) this.#interrupt(file.id);
    });
    uppy.on('file-removed', (file) => {
      this.#interrupt(file.id);
      if (!file.progress.uploadComplete) void this.#giveUp(file);
    });
    addEventListener('online', () => {
      for (const wake of this.#wake.values()) wake();
    });
  }

  async #inTurn(id: string): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#line.push(resolve));
    else this.#free -= 1;
    try {
      await this.#bring(id);
    } finally {
      const next = this.#line.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  /** Until it is there, refused or removed. */
  async #bring(id: string): Promise<void> {
    for (let file = this.#file(id); file; file = this.#file(id)) {
      if (file.isPaused) {
        await this.#change(id);
        continue;
      }
      try {
        const fileId = await this.#attempt(file);
        this.opts.forget(file.meta.key);
        this.uppy.setFileMeta(id, { ...file.meta, file_id: fileId });
        this.uppy.emit('upload-success', this.#file(id), { status: 200, body: { file_id: fileId } });
        return;
      } catch (error) {
        if (error instanceof Interrupted) continue;
        if (error instanceof ConnectionError) {
          this.#mark(id, true);
          await this.#change(id, AWAY_MS);
          continue;
        }
        const failure = error instanceof Error ? error : new Error(String(error));
        if (this.#file(id)) this.uppy.emit('upload-error', this.#file(id), failure);
        return;
      }
    }
  }

  async #attempt(file: UppyFile<UploadMeta, Body>): Promise<string> {
    const { id, meta } = file;
    const stop = new AbortController();
    this.#running.set(id, stop);
    // Without it, Uppy takes no progress.
    if (file.progress.uploadStarted === null) this.uppy.emit('upload-start', [file]);
    try {
      const blob = file.data as Blob;
      const options: UploadOptions = {
        profile: meta.profile,
        hdr: meta.hdr,
        signal: stop.signal,
        resume: this.opts.sessionOf(meta.key),
        onAsk: (requested) => this.opts.keep(file, requested),
        onStart: (session) => {
          this.uppy.setFileMeta(id, { ...meta, file_id: session.file_id });
          this.opts.keep(file, session);
        },
        onProgress: (sent, total) => {
          const now = this.#file(id);
          if (!now) return;
          if (now.meta.waiting) this.#mark(id, false);
          const uploadStarted = now.progress.uploadStarted ?? Date.now();
          this.uppy.emit('upload-progress', now, { uploadStarted, bytesUploaded: sent, bytesTotal: total });
        },
      };
      const source = {
        name: file.name,
        size: blob.size,
        type: file.type,
        slice: (start: number, end: number) => blob.slice(start, end),
      };
      return await this.opts.client.upload(source, options);
    } finally {
      this.#running.delete(id);
    }
  }

  async #giveUp({ meta }: UppyFile<UploadMeta, Body>): Promise<void> {
    const fileId = fileIdOf(this.opts.sessionOf(meta.key));
    this.opts.forget(meta.key);
    // What cannot be given back now is reclaimed by the server's own expiry.
    if (fileId) await this.opts.client.abandon(fileId).catch(() => {});
  }

  #interrupt(id: string): void {
    this.#running.get(id)?.abort(new Interrupted());
    this.#wake.get(id)?.();
  }

  /** Until the file is paused, resumed or removed, the connection is back, or so long. */
  #change(id: string, ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      const wake = this.#wake;
      wake.set(id, done);
      function done(): void {
        clearTimeout(timer);
        wake.delete(id);
        resolve();
      }
    });
  }

  #mark(id: string, waiting: boolean): void {
    const file = this.#file(id);
    if (file) this.uppy.setFileMeta(id, { ...file.meta, waiting });
  }

  #file(id: string): UppyFile<UploadMeta, Body> | undefined {
    return this.uppy.getState().files[id];
  }
}
