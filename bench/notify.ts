import { countIn, readArguments } from '../local/arguments.ts';
import { talkTo } from '../test/talk.ts';

/*
 * How long a change of state takes to reach a connected client: from the moment the record's change was decided (its
 * `timestamp`, before the write) to the moment a WebSocket client holds the message. Through the table, its stream, the
 * function, the WebSocket API and the edge. Needs a running pipeline (`npm start`), on the same machine's clock.
 *
 *   npm run bench:notify -- [changes]
 */

const base = `http://localhost:${process.env.PORT ?? 8000}`;
const { positionals } = readArguments(
  `Usage: npm run bench:notify -- [changes]

How long a change of state takes to reach a client, of a Reelight that runs at http://localhost:$PORT (8000).`,
  { allowPositionals: true },
);
const changes = countIn(positionals[0], 'changes', 200);
const reelight = talkTo(base);

async function measure(name: string, clients: number): Promise<void> {
  const latencies: number[] = [];
  const each = Math.ceil(changes / clients);
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const client = `bench-notify-${process.pid}-${clients}-${index}`;
      const ears = await reelight.listen(client);
      await ears.until(({ type }) => type === 'connection');
      for (let i = 0; i < each; i++) {
        const { file_id } = await reelight.start({ size: 1, client_id: client });
        await ears.until((told) => told.file_id === file_id);
        await reelight.post(`/videos/${file_id}/cancel`, {});
        const told = await ears.until((message) => message.file_id === file_id && message.status === 'cancelled');
        latencies.push(told.at - Date.parse(told.timestamp ?? ''));
        await fetch(`${base}/videos/${file_id}`, { method: 'DELETE' });
      }
      await ears.close();
    }),
  );
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  console.log(
    `${name.padEnd(28)} ${String(sorted.length).padStart(5)} changes   p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   max ${sorted.at(-1)} ms`,
  );
}

await measure('one client, one at a time', 1);
await measure('eight clients at once', 8);
