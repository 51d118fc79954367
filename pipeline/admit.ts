import { createHash, randomBytes } from 'node:crypto';
import type { Ports } from '../core/ports/index.ts';

/** Long enough to connect, too short to be found in a log and used. */
const TICKET_MS = 30_000;

/** A ticket for one WebSocket, for who has proved to be this owner. What is kept of it opens nothing. */
export async function giveTicket(
  { tickets, now }: Pick<Ports, 'tickets' | 'now'>,
  owner: string,
): Promise<{ ticket: string; expires_at: string }> {
  const ticket = randomBytes(32).toString('base64url');
  const expires_at = new Date(now().getTime() + TICKET_MS).toISOString();
  await tickets.add({ digest: digestOf(ticket), owner, expires_at });
  return { ticket, expires_at };
}

/** Whose ticket it is, once: undefined for one that was used, is too old, or is none of ours. */
export async function admit({ tickets }: Pick<Ports, 'tickets'>, ticket: string): Promise<string | undefined> {
  return (await tickets.take(digestOf(ticket)))?.owner;
}

const digestOf = (ticket: string): string => createHash('sha256').update(ticket).digest('hex');
