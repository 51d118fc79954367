import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TicketStore } from '../../core/ports/ticket-store.ts';
import { aClock } from '../twins.ts';

/**
 * What every ticket store must do. The store may be shared with others: each test has tickets of its own.
 *
 * @param open - a store that takes the time from this clock
 */
export function ticketStoreConformance(open: (now: () => Date) => TicketStore): void {
  let clock: ReturnType<typeof aClock>;
  let store: TicketStore;
  beforeEach(() => {
    clock = aClock();
    store = open(clock.now);
  });
  const add = async (owner = 'ana') => {
    const expires_at = new Date(clock.now().getTime() + 30_000).toISOString();
    const ticket = { digest: randomUUID(), owner, expires_at };
    await store.add(ticket);
    return ticket;
  };

  describe('ticket store', () => {
    it('gives a ticket to one of all who ask, and never again', async () => {
      const ticket = await add();
      const taken = await Promise.all(Array.from({ length: 10 }, () => store.take(ticket.digest)));
      expect(taken.filter(Boolean)).toEqual([ticket]);
      expect(await store.take(ticket.digest)).toBeUndefined();
    });

    it('keeps them apart', async () => {
      const [ana, ben] = [await add('ana'), await add('auth0|ben')];
      expect(await store.take(ben.digest)).toEqual(ben);
      expect(await store.take(ana.digest)).toEqual(ana);
    });

    it('has none that expired, or never was', async () => {
      const ticket = await add();
      clock.pass(29_999);
      const later = await add();
      clock.pass(1);
      expect(await store.take(ticket.digest)).toBeUndefined();
      expect(await store.take('never')).toBeUndefined();
      expect(await store.take(later.digest)).toEqual(later);
    });
  });
}
