import { expect, inject, it } from 'vitest';
import { talkTo } from '../talk.ts';

/* A large upload that is interrupted and goes on, straight between the sender and S3. */

const reelight = talkTo(inject('base'));
const client = `multipart-${process.pid}`;

interface Parts {
  parts: { part_number: number; url: string; size: number; etag: string }[];
}

it('goes on after an interruption with the parts that are missing', async () => {
  const size = 33 * 1024 * 1024;
  const bytes = new Uint8Array(size).fill(1);
  const { file_id, upload } = await reelight.start({ size, client_id: client });
  expect(upload).toMatchObject({ kind: 'multipart', part_count: 3 });

  async function sendPart(number: number): Promise<void> {
    const { parts } = await reelight.post<Parts>(`/upload/${file_id}/parts`, { part_numbers: [number] });
    const body = bytes.subarray((number - 1) * upload.part_size, number * upload.part_size);
    const response = await fetch(parts[0]?.url ?? '', { method: 'PUT', body });
    expect(response.status).toBe(200);
  }

  await sendPart(2);
  // The sender dies here, and a new one asks what is there.
  const there = await reelight.json<Parts>(`/upload/${file_id}/parts`);
  expect(there.parts).toMatchObject([{ part_number: 2, size: upload.part_size }]);

  const early = await fetch(`${reelight.base}/upload/${file_id}/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ parts: there.parts.map(({ part_number, etag }) => ({ part_number, etag })) }),
  });
  expect(early.status).toBe(400);

  await Promise.all([sendPart(1), sendPart(3)]);
  const { parts } = await reelight.json<Parts>(`/upload/${file_id}/parts`);
  const complete = { parts: parts.map(({ part_number, etag }) => ({ part_number, etag })) };
  await reelight.post(`/upload/${file_id}/complete`, complete);
  // Once more: the answer got lost, and the sender asks again.
  await reelight.post(`/upload/${file_id}/complete`, complete);

  // 33 MiB of ones are no video; that it was looked at at all shows that the whole object arrived and was dispatched.
  await reelight.until(file_id, ({ processes }) => processes.metadata_extraction.status === 'failed');
});

it('refuses a part of another length than was signed', async () => {
  const { file_id } = await reelight.start({ size: 33 * 1024 * 1024, client_id: client });
  const { parts } = await reelight.post<Parts>(`/upload/${file_id}/parts`, { part_numbers: [3] });
  const response = await fetch(parts[0]?.url ?? '', { method: 'PUT', body: new Uint8Array(2 * 1024 * 1024) });
  expect(response.status).toBe(403);
  expect((await fetch(`${reelight.base}/upload/${file_id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(`${reelight.base}/upload/${file_id}/parts`)).status).toBe(404);
});
