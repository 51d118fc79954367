import { expect, it } from 'vitest';
import { brokerAddress } from './broker-address.ts';
import { homeFrom } from './home.ts';
import { portsFrom } from './ports.ts';

const from = (RABBITMQ_URL: string) => brokerAddress(homeFrom({}), portsFrom({}), { RABBITMQ_URL });

it('takes credentials out of the address', () => {
  expect(from('amqps://some%40one:p%2Fw@mq.example.com:5671/reel')).toEqual({
    url: 'amqps://mq.example.com:5671/reel',
    username: 'some@one',
    password: 'p/w',
    external: true,
  });
});

it('has RabbitMQ’s own defaults', () => {
  expect(from('amqp://mq')).toMatchObject({ username: 'guest', password: 'guest' });
});

it.each(['mq.example.com:5672', 'https://user:secret@mq', 'amqp://', 'secret'])(
  'refuses %s without repeating it',
  (url) => {
    expect(() => from(url)).toThrow(
      expect.objectContaining({ code: 'bad_setting', message: expect.not.stringContaining('secret') }),
    );
  },
);
