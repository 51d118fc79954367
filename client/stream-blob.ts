import type { SendBytes } from './send.ts';

/** Sends a blob as it is read, a few kilobytes at a time, and says how far it is: Node's `fetch` can, browsers' cannot. */
export const streamBlob: SendBytes = async ({ url, headers, body, signal, onSent }) => {
  const counted = body.stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        onSent(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
  // `duplex` is Node's own: browsers' types do not know it.
  const request: RequestInit & { duplex: 'half' } = {
    method: 'PUT',
    // A stream has no length of its own, and S3 takes none without.
    headers: { ...headers, 'content-length': String(body.size) },
    body: counted,
    duplex: 'half',
    signal,
  };
  const response = await fetch(url, request);
  await response.arrayBuffer();
  return { status: response.status, etag: response.headers.get('etag') };
};
