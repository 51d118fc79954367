import type { Ticket, TicketStore } from '../../core/ports/ticket-store.ts';

/** Tickets in memory. */
export function memoryTicketStore(now: () => Date = () => new Date()): TicketStore {
  const tickets = new Map<string, Ticket>();
  return {
    async add(ticket) {
      tickets.set(ticket.digest, { ...ticket });
    },
    async take(digest) {
      const ticket = tickets.get(digest);
      tickets.delete(digest);
      return ticket && Date.parse(ticket.expires_at) > now().getTime() ? ticket : undefined;
    },
  };
}
