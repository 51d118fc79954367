import { expect, it } from 'vitest';
import { twins } from '../test/twins.ts';
import { admit, giveTicket } from './admit.ts';

it('admits whom a ticket was given, once', async () => {
  const { ports } = twins();
  const { ticket } = await giveTicket(ports, 'ana');
  expect(await Promise.all([admit(ports, ticket), admit(ports, ticket)])).toEqual(['ana', undefined]);
  expect(await admit(ports, ticket)).toBeUndefined();
});

it('admits nobody with an old ticket, or one that was never given', async () => {
  const { ports, clock } = twins();
  const { ticket, expires_at } = await giveTicket(ports, 'ana');
  expect(Date.parse(expires_at) - clock.now().getTime()).toBeLessThan(60_000);
  clock.pass(Date.parse(expires_at) - clock.now().getTime());
  expect(await admit(ports, ticket)).toBeUndefined();
  expect(await admit(ports, '')).toBeUndefined();
  expect(await admit(ports, `${ticket}x`)).toBeUndefined();
});

it('gives each a ticket of its own, and keeps none of them', async () => {
  const { ports } = twins();
  const kept: unknown[] = [];
  const tickets = { ...ports.tickets, add: async (row: unknown) => void kept.push(row) };
  const given = await Promise.all(Array.from({ length: 20 }, () => giveTicket({ ...ports, tickets }, 'ana')));
  expect(new Set(given.map(({ ticket }) => ticket)).size).toBe(20);
  for (const { ticket } of given) expect(JSON.stringify(kept)).not.toContain(ticket);
});
