import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { ObjectConflict, RequestError } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import { newPiece } from '../../core/pieces.ts';
import type { PieceOfVideo, PieceRef, VideoStore } from '../../core/ports/video-store.ts';
import { Refusal } from '../../core/refusal.ts';
import type { UseLimits } from '../../core/use-limits.ts';
import type { Video } from '../../core/video.ts';
import { again, type Lost, outcome, untilSettled, type Write } from './contention.ts';
import {
  epochAfter,
  type Key,
  onceKey,
  pointerKey,
  SUBSCRIPTION_PREFIX,
  subscribedKey,
  subscriberKey,
  TTL_ATTRIBUTE,
  videoKey,
  videoPk,
  watchKey,
} from './keys.ts';
import { pieceRows } from './piece-rows.ts';
import { everyRowBelow } from './reading.ts';
import { removeRows } from './removing.ts';
import { InvalidRow, readRow } from './row.ts';
import { refusalAmong, useCounts } from './use-counts.ts';
import { videoListing } from './video-listing.ts';
import { pointerRow, settledAt, videoFromRow, videoRow } from './video-rows.ts';
import { watchList } from './watch-list.ts';

const ONCE_MS = 24 * 60 * 60 * 1000;
const Once = z.object({ fingerprint: z.string(), file_id: z.string() });

export { videoFromImage } from './video-rows.ts';

/**
 * Records of videos in the table described in `keys.ts`.
 *
 * @param limits on what is begun; none for whoever begins nothing
 * @param log told of records that lists leave out because nobody can read them
 */
export function dynamoVideoStore(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
  limits?: UseLimits,
  log = silentLog,
): VideoStore {
  const counting = useCounts(table, limits, now);
  const rows = pieceRows(client, table, now);
  const { pieces, removePieces } = rows;
  const lists = { ...videoListing(client, table, log), ...watchList(client, table) };
  return { create, get, change, changePiece, pieces, removePieces, remove, ...lists };

  async function get(fileId: string): Promise<Video | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: videoKey(fileId), ConsistentRead: true }),
    );
    return Item && videoFromRow(Item);
  }

  async function create(video: Video, once?: { key: string; fingerprint: string }): Promise<Video> {
    const isNew = { TableName: table, ConditionExpression: 'attribute_not_exists(pk)' };
    const onceRow = once && {
      ...onceKey(video, once.key),
      fingerprint: once.fingerprint,
      file_id: video.file_id,
    };
    const writes: Write[] = [
      { item: { Put: { ...isNew, Item: videoRow(video, randomUUID()) } } },
      { item: { Put: { ...isNew, Item: pointerRow(video, onceRow?.pk) } } },
      ...(onceRow ? [{ item: { Put: unused(onceRow) } }] : []),
      { item: watch(video) },
      ...counting(undefined, video),
    ];
    return untilSettled('adding a video', async () => {
      const rivals = await transact(writes);
      if (!rivals) return video;
      const used = onceRow && rivals.found(2);
      if (once && used) {
        const first = readRow(Once, used);
        if (first.fingerprint !== once.fingerprint) {
          const detail = 'This Idempotency-Key was used with another request: choose a new one.';
          throw new RequestError(409, 'idempotency_conflict', detail);
        }
        // Undefined while it is being removed: the next try finds its key gone too.
        return (await get(first.file_id)) ?? again;
      }
      if (rivals.failed(0)) throw new ObjectConflict('video_exists', `There is a video ${video.file_id} already.`);
      throwRefusal(writes, rivals);
      return again;
    });
  }

  /** Writes the row of an idempotency key unless it was used within a day. */
  function unused(row: z.infer<typeof Once> & Key) {
    return {
      TableName: table,
      Item: { ...row, [TTL_ATTRIBUTE]: epochAfter(now(), ONCE_MS) },
      // DynamoDB removes expired rows late; until then they must not count.
      ConditionExpression: `attribute_not_exists(pk) OR ${TTL_ATTRIBUTE} <= :now`,
      ExpressionAttributeValues: { ':now': now().getTime() / 1000 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
  }

  function change(fileId: string, decide: (video: Video) => Video | Refusal): Promise<Video | Refusal> {
    return untilSettled(`changing video ${fileId}`, async () => {
      const current = await get(fileId);
      if (!current) return new Refusal('gone');
      const decided = decide(current);
      if (decided instanceof Refusal || decided === current) return decided;
      const next = { ...decided, seq: current.seq + 1 };
      return (await written(replacing(current, next))) ? next : again;
    });
  }

  function changePiece(of: PieceRef, decide: (record: PieceOfVideo) => PieceOfVideo | Refusal) {
    return untilSettled<PieceOfVideo | Refusal>(`changing a piece of video ${of.file_id}`, async () => {
      const [video, stored] = await Promise.all([get(of.file_id), rows.get(of)]);
      if (!video) return new Refusal('gone');
      const current = { video, piece: stored ?? newPiece({ ...of, attempt: video.attempt }, now()) };
      const decided = decide(current);
      if (decided instanceof Refusal) return decided;
      const [ofVideo, ofPiece] = [decided.video !== video, decided.piece !== current.piece];
      const next = {
        video: ofVideo ? { ...decided.video, seq: video.seq + 1 } : video,
        piece: ofPiece ? { ...decided.piece, seq: current.piece.seq + 1 } : current.piece,
      };
      if (!ofVideo && !ofPiece) return next;
      const writes = [
        ...(ofPiece ? [rows.replacing(of, current.piece, next.piece)] : []),
        ...(ofVideo ? replacing(video, next.video) : []),
        // What begins only because the video is as it was must not begin when that has just ended, and been cleaned up.
        ...(ofPiece && !ofVideo && !stored ? [unchanged(video)] : []),
      ];
      return (await written(writes)) ? next : again;
    });
  }

  /** Writes all or nothing; false when one of the rows is not what it was. */
  async function written(writes: Write[]): Promise<boolean> {
    const rivals = await transact(writes);
    if (!rivals) return true;
    // Our own name in a row: the first answer was lost on the way, and this is the answer to the repeat.
    if (writes.some(({ writeId }, at) => writeId !== undefined && rivals.found(at)?.write_id === writeId)) return true;
    throwRefusal(writes, rivals);
    return false;
  }

  function transact(writes: Write[]) {
    const [only, ...others] = writes;
    return outcome(
      only?.item.Put && others.length === 0
        ? client.send(new PutCommand(only.item.Put as PutCommandInput))
        : client.send(new TransactWriteCommand({ TransactItems: writes.map(({ item }) => item) })),
    );
  }

  /** Where there is no room for more: another try would find none, either. */
  function throwRefusal(writes: Write[], { failed }: Lost): void {
    const refusal = refusalAmong(writes, failed);
    if (refusal) throw refusal;
  }

  /** Writes `next` if the row is still `current`, and what hangs on it. */
  function replacing(current: Video, next: Video): Write[] {
    const writeId = randomUUID();
    const put = {
      TableName: table,
      Item: videoRow(next, writeId),
      ConditionExpression: 'seq = :seq',
      ExpressionAttributeValues: { ':seq': current.seq },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    const settled = settledAt(next);
    return [
      { item: { Put: put }, writeId },
      ...(settled === settledAt(current) ? [] : [{ item: { Update: settle(next, settled) } }]),
      ...(next.attempt === current.attempt ? [] : [{ item: watch(next) }]),
      ...counting(current, next),
    ];
  }

  /** For a transaction that writes something else: only if the video's row is still `current`. */
  function unchanged(current: Video): Write {
    const same = { ConditionExpression: 'seq = :seq', ExpressionAttributeValues: { ':seq': current.seq } };
    return { item: { ConditionCheck: { TableName: table, Key: videoKey(current.file_id), ...same } } };
  }

  function watch({ file_id, attempt }: Video) {
    return { Put: { TableName: table, Item: { ...watchKey(file_id), attempt } } };
  }

  function settle(video: Video, at: string | undefined) {
    const row = { TableName: table, Key: pointerKey(video) };
    return at === undefined
      ? { ...row, UpdateExpression: 'REMOVE settled_at' }
      : { ...row, UpdateExpression: 'SET settled_at = :at', ExpressionAttributeValues: { ':at': at } };
  }

  /** What hangs on the record goes first: a removal that dies half-way can be repeated while the record is there. */
  async function remove(video: Pick<Video, 'file_id' | 'owner' | 'client_id' | 'created_at'>): Promise<void> {
    const { file_id } = video;
    await removeSubscriptions(file_id);
    await removePieces(file_id, Number.MAX_SAFE_INTEGER);
    await forgetOnce(video);
    const drop = (Key: Key) => ({ TableName: table, Key });
    await untilSettled(`removing video ${file_id}`, async () => {
      const current = await get(file_id).catch(whenUnreadable);
      // What is counted out goes by what it is: it must not become another meanwhile.
      const same = current
        ? { ConditionExpression: 'seq = :seq', ExpressionAttributeValues: { ':seq': current.seq } }
        : current === undefined && { ConditionExpression: 'attribute_not_exists(pk)' };
      const rivals = await transact([
        { item: { Delete: { ...drop(videoKey(file_id)), ...same } } },
        ...[pointerKey(video), watchKey(file_id)].map((key) => ({ item: { Delete: drop(key) } })),
        ...counting(current ?? undefined, undefined),
      ]);
      return rivals ? again : undefined;
    });
  }

  /** Such a record can be removed, too; what it counted for, nobody knows. */
  function whenUnreadable(error: unknown): null {
    if (error instanceof InvalidRow) return null;
    throw error;
  }

  async function removeSubscriptions(fileId: string): Promise<void> {
    const below = { pk: videoPk(fileId), prefix: SUBSCRIPTION_PREFIX };
    const rows = await everyRowBelow(client, table, below, { ProjectionExpression: 'sk' });
    const connections = rows.map(({ sk }) => String(sk).slice(SUBSCRIPTION_PREFIX.length));
    await removeRows(
      client,
      table,
      connections.map((id) => subscribedKey(id, fileId)),
    );
    await removeRows(
      client,
      table,
      connections.map((id) => subscriberKey(fileId, id)),
    );
  }

  /** Frees the idempotency key, unless another video has used it since. */
  async function forgetOnce(video: Pick<Video, 'file_id' | 'owner' | 'client_id' | 'created_at'>): Promise<void> {
    const pointer = await client.send(
      new GetCommand({ TableName: table, Key: pointerKey(video), ConsistentRead: true }),
    );
    const pk: unknown = pointer.Item?.once_pk;
    if (typeof pk !== 'string') return;
    await untilSettled(`freeing the idempotency key of video ${video.file_id}`, async () => {
      const rivals = await outcome(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { pk, sk: 'ONCE' },
            ConditionExpression: 'file_id = :file_id',
            ExpressionAttributeValues: { ':file_id': video.file_id },
          }),
        ),
      );
      return !rivals || rivals.failed(0) ? undefined : again;
    });
  }
}
