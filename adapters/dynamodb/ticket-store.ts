import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Ticket, TicketStore } from '../../core/ports/ticket-store.ts';
import { outcome } from './contention.ts';
import { epochAfter, TTL_ATTRIBUTE, ticketKey } from './keys.ts';
import { readRow } from './row.ts';

const Row = z.object({ digest: z.string(), owner: z.string(), expires_at: z.iso.datetime() });

/**
 * Tickets in the table described in `keys.ts`. Taking one is a single conditional delete, which hands over what it removed:
 * of two that come at once one is refused. So does a repeat of a delete whose answer was lost: its caller asks for another.
 */
export function dynamoTicketStore(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
): TicketStore {
  return {
    async add(ticket) {
      const expires = { [TTL_ATTRIBUTE]: epochAfter(new Date(ticket.expires_at), 0) };
      await client.send(
        new PutCommand({ TableName: table, Item: { ...ticket, ...ticketKey(ticket.digest), ...expires } }),
      );
    },

    async take(digest): Promise<Ticket | undefined> {
      const taking = client.send(
        new DeleteCommand({
          TableName: table,
          Key: ticketKey(digest),
          ConditionExpression: 'attribute_exists(pk)',
          ReturnValues: 'ALL_OLD',
        }),
      );
      if (await outcome(taking)) return undefined;
      const ticket = readRow(Row, (await taking).Attributes ?? {});
      // DynamoDB removes expired rows late; until then they must not count.
      return Date.parse(ticket.expires_at) > now().getTime() ? ticket : undefined;
    },
  };
}
