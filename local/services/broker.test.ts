import { expect, it } from 'vitest';
import { brokerConfig, brokerDefinitions, passwordHash } from './broker.ts';

// The example of https://www.rabbitmq.com/docs/passwords#computing-password-hash
it('hashes passwords as RabbitMQ does', () => {
  expect(passwordHash('test12', Buffer.from('908DC60A', 'hex'))).toBe(
    'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
  );
});

it('listens on loopback only', () => {
  const listeners = brokerConfig(5682, '/home/definitions.json').match(/^listeners\..*$/gm);
  expect(listeners).toEqual(['listeners.tcp.1 = 127.0.0.1:5682']);
});

it('knows one user, who is no administrator, and not the password', () => {
  const definitions = brokerDefinitions({ username: 'reelight', password: 'very secret' });
  expect(definitions).not.toContain('very secret');
  expect(JSON.parse(definitions).users).toEqual([expect.objectContaining({ name: 'reelight', tags: '' })]);
});
