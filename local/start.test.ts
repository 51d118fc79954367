import { expect, it } from 'vitest';
import { summary } from './start.ts';

it('shows every address once, one a line', () => {
  const addresses = {
    base: 'http://localhost:8000',
    docs: 'http://localhost:8000/docs',
    webSocket: 'ws://localhost:8000/ws/{client_id}',
    emulator: 'http://localhost:4566',
    broker: 'amqp://127.0.0.1:5682',
    issuer: 'http://localhost:8001',
    logs: '.reelight/logs',
  };
  const lines = summary({ addresses, workers: 2 }).split('\n');
  for (const address of Object.values(addresses)) {
    expect(lines.filter((line) => line.endsWith(` ${address}`))).toHaveLength(1);
  }
  const open = summary({ addresses: { ...addresses, issuer: undefined }, workers: 2 });
  expect(open.split('\n')).toHaveLength(lines.length - 1);
});
