import { partLength } from '../core/upload-plan.ts';
import { deliver, type UploadContext } from './deliver.ts';
import { ClientError } from './errors.ts';
import type { Meter } from './meter.ts';
import { inParallel } from './pool.ts';
import type { UploadFile } from './types.ts';

/** Parts under way at once. Each is read from the file as it is sent, so memory does not grow with their size. */
const AT_ONCE = 4;
/** How often the parts are gone through: a joining that finds one missing or changed has it sent again. */
const ROUNDS = 3;
/** Joining thousands of parts takes S3 a while. */
const COMPLETE_MS = 120_000;

interface Multipart {
  file_id: string;
  part_size: number;
  part_count: number;
}

interface Part {
  part_number: number;
  size: number;
  etag: string;
}

/** Sends every part the server does not have yet, then has them joined. */
export async function sendParts(
  context: UploadContext,
  file: UploadFile,
  multipart: Multipart,
  state: 'new' | 'resumed',
  progress: Meter,
  signal: AbortSignal | undefined,
): Promise<void> {
  let etags = state === 'new' ? new Map<number, string>() : await partsThere(context, file, multipart, signal);
  for (let round = 1; ; round++) {
    const numbers = Array.from({ length: multipart.part_count }, (_, index) => index + 1);
    const there = etags;
    const missing = numbers.filter((number) => !there.has(number));
    progress.parts(Array.from(there.keys(), (number) => [number, partLength(file.size, multipart, number) ?? 0]));
    await inParallel(
      missing,
      AT_ONCE,
      async (number, stop) => {
        const etag = await sendPart(context, file, multipart, number, progress, stop);
        if (etag) there.set(number, etag);
      },
      signal,
    );
    // A browser sees no ETag where the bucket's CORS rules do not expose it; the server knows them all the same.
    if (there.size < multipart.part_count) etags = await partsThere(context, file, multipart, signal);
    if (await complete(context, multipart, etags, round, signal)) return;
    etags = await partsThere(context, file, multipart, signal);
  }
}

/** One part, each time to a freshly signed URL. Answers its ETag where it can be seen. */
function sendPart(
  context: UploadContext,
  file: UploadFile,
  { file_id, part_size }: Multipart,
  number: number,
  progress: Meter,
  signal: AbortSignal,
): Promise<string | null> {
  const start = (number - 1) * part_size;
  return deliver(context, {
    body: file.slice(start, Math.min(start + part_size, file.size)),
    signal,
    onSent: (sent) => progress.part(number, sent),
    target: async () => {
      const { parts } = await context.http.json<{ parts: { part_number: number; url: string }[] }>(
        'POST',
        `/upload/${file_id}/parts`,
        { body: { part_numbers: [number] }, signal },
      );
      const url = parts.find(({ part_number }) => part_number === number)?.url;
      if (!url) throw new ClientError(200, 'bad_answer', `The server signed no URL for part ${number}.`);
      return { url, headers: {} };
    },
  });
}

/** `false`: some part is not what it should be, and what is there has to be looked at again. */
async function complete(
  { http }: UploadContext,
  { file_id, part_count }: Multipart,
  etags: Map<number, string>,
  round: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (etags.size < part_count && round < ROUNDS) return false;
  const parts = [...etags].sort(([a], [b]) => a - b).map(([part_number, etag]) => ({ part_number, etag }));
  try {
    await http.json('POST', `/upload/${file_id}/complete`, { body: { parts }, signal, timeoutMs: COMPLETE_MS });
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'invalid_parts' && round < ROUNDS) return false;
    throw error;
  }
}

/** The parts that arrived, by number. One of another length than it must have counts as missing. */
async function partsThere(
  { http }: UploadContext,
  file: UploadFile,
  multipart: Multipart,
  signal: AbortSignal | undefined,
): Promise<Map<number, string>> {
  const { parts } = await http.json<{ parts: Part[] }>('GET', `/upload/${multipart.file_id}/parts`, { signal });
  const right = parts.filter(({ part_number, size }) => size === partLength(file.size, multipart, part_number));
  return new Map(right.map(({ part_number, etag }) => [part_number, etag]));
}
