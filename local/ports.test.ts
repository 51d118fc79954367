import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts, portsFrom, requireFreePort } from './ports.ts';

describe('portsFrom', () => {
  it('has a usual port for everything', () => {
    expect(portsFrom({})).toEqual({ edge: 8000, emulator: 4566, broker: 5682, issuer: 8001 });
  });

  it('takes each from its variable', () => {
    const env = {
      PORT: '9000',
      REELIGHT_EMULATOR_PORT: '9001',
      REELIGHT_BROKER_PORT: '9002',
      REELIGHT_ISSUER_PORT: '9003',
    };
    expect(portsFrom(env)).toEqual({ edge: 9000, emulator: 9001, broker: 9002, issuer: 9003 });
  });

  it.each(['abc', '0', '65536', '80.5', '-1', '0x50', ' 80'])('refuses PORT=%s by its name', (PORT) => {
    expect(() => portsFrom({ PORT })).toThrow(
      expect.objectContaining({ code: 'bad_setting', message: expect.stringContaining('PORT') }),
    );
  });

  it('refuses one port for two things', () => {
    expect(() => portsFrom({ PORT: '4566' })).toThrow(/PORT and REELIGHT_EMULATOR_PORT are both 4566/);
  });
});

describe('requireFreePort', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const occupied = async (host: string) => {
    const server = createServer().listen(0, host);
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  };

  it.each(['127.0.0.1', '0.0.0.0', '::1'])(
    'says which variable to change when somebody listens on %s',
    async (host) => {
      const port = await occupied(host);
      await expect(requireFreePort('broker', port)).rejects.toMatchObject({
        code: 'port_in_use',
        message: expect.stringMatching(new RegExp(`^Port ${port}, for RabbitMQ, .* REELIGHT_BROKER_PORT=\\d+$`)),
      });
    },
  );

  it('is content with a free one', async () => {
    const [port = 0] = await freePorts(1);
    await expect(requireFreePort('edge', port)).resolves.toBeUndefined();
  });
});

it('freePorts answers different ports that can be listened on', async () => {
  const ports = await freePorts(3);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) await once(createServer().listen(port, '127.0.0.1').unref(), 'listening');
});
