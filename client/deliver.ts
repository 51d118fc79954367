import { ClientError } from './errors.ts';
import type { Http } from './http.ts';
import { type SendBytes, sendOnce } from './send.ts';
import { maySucceedLater, retrying, type Timing } from './timing.ts';

const ATTEMPTS = 8;

export interface UploadContext {
  http: Http;
  send: SendBytes;
  timing: Timing;
  clientId: string;
}

export interface Delivery {
  body: Blob;
  /** Where the next attempt goes. `refused`: the last one was turned away, so its URL is no good any more. */
  target(refused: boolean): Promise<{ url: string; headers: Record<string, string> }>;
  /** Bytes of this attempt that have left; all of them once it succeeded. */
  onSent(sent: number): void;
  signal?: AbortSignal | undefined;
}

/** Brings bytes to the storage, trying again what may pass. Answers their ETag where it can be seen. */
export function deliver({ send, timing }: UploadContext, delivery: Delivery): Promise<string | null> {
  const { body, signal } = delivery;
  let refused = false;
  return retrying(
    async () => {
      const { url, headers } = await delivery.target(refused);
      refused = false;
      let sent = 0;
      const onSent = (bytes: number) => {
        sent += bytes;
        delivery.onSent(sent);
      };
      const { status, etag } = await sendOnce(send, { url, headers, body, signal, onSent }, timing);
      // 412: something is there already. The URL is this upload's alone, so an earlier attempt arrived, unnoticed.
      if ((status >= 200 && status < 300) || status === 412) {
        delivery.onSent(body.size);
        return etag;
      }
      refused = true;
      throw new ClientError(status, 'storage_refused', `The storage answered ${status} to the upload.`);
    },
    { attempts: ATTEMPTS, timing, signal, worthIt: (error) => maySucceedLater(error) || isPassingRefusal(error) },
  );
}

/** S3 answers 403 to an expired URL, 400 to a connection that was too slow, 409 to a PUT that met another under way. */
function isPassingRefusal(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'storage_refused' && [400, 403, 409].includes(error.status);
}
