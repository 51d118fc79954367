import { expect, it } from 'vitest';
import { beginWork, newPiece, pieceAnew } from '../core/pieces.ts';
import { advance, claim, complete, LEASE_MS, type Process } from '../core/process.ts';
import type { Refusal } from '../core/refusal.ts';
import { changeProcess, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { drawProgress, giveOut } from './give-out.ts';

/* What of a plan is with the broker, and how far it has come, as its rows tell. */

const { file_id } = aVideo();
const plan = 'a'.repeat(32);
const QUIET_MS = 60_000;

/** A video in its second attempt that is cut in four, all of which have been released. */
async function planned() {
  const { ports, clock, recorded } = twins();
  const { now } = ports;
  const work = beginWork({ plan, chunks: 4, sound: false }, 3);
  await ports.videos.create({ ...aVideo(), attempt: 2, work });
  const piece = (
    name: string,
    state: (process: Process) => Process | Refusal,
    of: { attempt?: number; plan?: string } = {},
  ) =>
    ports.videos.changePiece({ file_id, plan: of.plan ?? plan, name }, (record) => {
      const begun = pieceAnew(newPiece({ plan: of.plan ?? plan, name, attempt: 0 }, now()), of.attempt ?? 2, now());
      return { ...record, piece: { ...begun, seq: record.piece.seq, state: state(begun.state) as Process } };
    });
  const taken = (process: Process) => claim(process, 'w', now()) as Process;
  const half = (process: Process) => advance(taken(process), 1, 50, now());
  const done = (process: Process) => complete(taken(process), 1, now());
  const video = async () => (await ports.videos.get(file_id)) as Video;
  const write = (to: Partial<Process>) =>
    ports.videos.change(file_id, (current) =>
      changeProcess(current, 'video_enhancement', (process) => ({ ...process, ...to }), now()),
    );
  return { ports, clock, recorded, piece, taken, half, done, video, write };
}

it('gives out what nobody has in hand or has done: what was left lying too, and what only others did', async () => {
  const { ports, clock, recorded, piece, taken, done, video } = await planned();
  await piece('chunk-0', taken);
  clock.pass(LEASE_MS);
  await piece('source', done);
  await piece('chunk-1', taken);
  await piece('chunk-2', done, { attempt: 1 });
  await piece('chunk-3', done, { plan: 'b'.repeat(32) });
  await giveOut(ports, await video());
  expect(recorded.published.map((message) => 'piece' in message && message.piece)).toEqual([
    'chunk-0',
    'chunk-2',
    'chunk-3',
  ]);
  expect((await video()).work).toMatchObject({ announced: true });
});

it('gives it out once, and again only when there was no sign of life for long', async () => {
  const { ports, clock, recorded, video } = await planned();
  await giveOut(ports, await video());
  clock.pass(QUIET_MS - 1);
  await giveOut(ports, await video());
  expect(recorded.published).toHaveLength(5);
  clock.pass(1);
  await giveOut(ports, await video());
  expect(recorded.published).toHaveLength(10);
});

it('draws how far it is from the pieces of this plan and attempt', async () => {
  const { ports, clock, piece, half, done, video } = await planned();
  await piece('source', done);
  await piece('chunk-0', half);
  await piece('chunk-1', done, { attempt: 1 });
  await piece('chunk-2', done, { plan: 'b'.repeat(32) });
  clock.pass(1_000);
  await drawProgress(ports, await video());
  // One and a half of five, of what lies between the plan and the joining.
  expect((await video()).processes.video_enhancement.progress).toBe(5 + (1.5 / 5) * 85);
});

it('never draws it lower than it was', async () => {
  const { ports, clock, video, write } = await planned();
  await write({ progress: 80 });
  clock.pass(1_000);
  await drawProgress(ports, await video());
  expect((await video()).processes.video_enhancement.progress).toBe(80);
});

it('draws nothing where somebody else has just done so, or the plan is another by now', async () => {
  const { ports, clock, video, write } = await planned();
  const seen = await video();
  clock.pass(1_000);
  await write({ last_updated: ports.now().toISOString() });
  const before = await video();
  await drawProgress(ports, seen);
  expect(await video()).toEqual(before);
  await write({ last_updated: seen.processes.video_enhancement.last_updated });
  await ports.videos.change(file_id, (current) => ({ ...current, attempt: 3 }));
  await drawProgress(ports, seen);
  await ports.videos.change(file_id, (current) => ({ ...current, attempt: 2, work: null }));
  await drawProgress(ports, seen);
  expect((await video()).processes.video_enhancement.progress).toBe(0);
});
