import { randomUUID } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { Piece } from '../../core/pieces.ts';
import type { PieceRef, VideoStore } from '../../core/ports/video-store.ts';
import { again, outcome, untilSettled } from './contention.ts';
import { epochAfter, PIECE_PREFIX, pieceKey, piecesPk, TTL_ATTRIBUTE } from './keys.ts';
import { everyRowBelow } from './reading.ts';
import { readRow } from './row.ts';

/** A day less than the objects that the rows speak of, and longer than anybody works on one. */
const KEPT_MS = 6 * 24 * 60 * 60 * 1000;
const REMOVED_AT_ONCE = 16;

/** The rows of a video's pieces. */
export function pieceRows(client: DynamoDBDocumentClient, table: string, now: () => Date) {
  return { get, replacing, pieces, removePieces };

  async function get(of: PieceRef): Promise<Piece | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: pieceKey(of), ConsistentRead: true }));
    return Item && fresh(Item) ? readRow(Piece, Item) : undefined;
  }

  /** For a transaction: writes `next` if the row is still `current`. */
  function replacing(of: PieceRef, current: Piece, next: Piece) {
    const writeId = randomUUID();
    const expires = { [TTL_ATTRIBUTE]: epochAfter(now(), KEPT_MS) };
    const put = {
      TableName: table,
      Item: { ...Piece.parse(next), ...pieceKey(of), ...expires, write_id: writeId },
      ConditionExpression: current.seq === 0 ? `attribute_not_exists(pk) OR ${TTL_ATTRIBUTE} <= :now` : 'seq = :seq',
      ExpressionAttributeValues: current.seq === 0 ? { ':now': now().getTime() / 1000 } : { ':seq': current.seq },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    return { item: { Put: put }, writeId };
  }

  async function pieces(fileId: string): ReturnType<VideoStore['pieces']> {
    const rows = await everyRowBelow(client, table, { pk: piecesPk(fileId), prefix: PIECE_PREFIX });
    return rows.filter(fresh).map((row) => readRow(Piece, row));
  }

  async function removePieces(fileId: string, attempt: number): Promise<void> {
    const rows = await everyRowBelow(client, table, { pk: piecesPk(fileId), prefix: PIECE_PREFIX });
    const old = rows.filter((row) => readRow(Piece, row).attempt <= attempt).map(({ pk, sk }) => ({ pk, sk }));
    for (let from = 0; from < old.length; from += REMOVED_AT_ONCE) {
      await Promise.all(old.slice(from, from + REMOVED_AT_ONCE).map((key) => remove(key, attempt)));
    }
  }

  /** However far its worker has moved it on since it was looked at; not when a later attempt has taken it over. */
  function remove(key: Record<string, unknown>, attempt: number): Promise<void> {
    return untilSettled('removing a piece', async () => {
      const lost = await outcome(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: key,
            ConditionExpression: 'attribute_not_exists(pk) OR attempt <= :attempt',
            ExpressionAttributeValues: { ':attempt': attempt },
          }),
        ),
      );
      return lost && !lost.failed(0) ? again : undefined;
    });
  }

  /** DynamoDB removes expired rows late; until then they must not count. */
  function fresh(row: Record<string, unknown>): boolean {
    return Number(row[TTL_ATTRIBUTE]) > now().getTime() / 1000;
  }
}
