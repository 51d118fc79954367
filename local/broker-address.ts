import { type BrokerCredentials, brokerCredentials } from './credentials.ts';
import { LocalError } from './errors.ts';
import type { Home } from './home.ts';
import type { Ports } from './ports.ts';

export interface BrokerAddress extends BrokerCredentials {
  /** `amqp[s]://host:port[/vhost]`, without credentials. */
  url: string;
  /** Somebody else's: not ours to start and stop. */
  external: boolean;
}

/**
 * The private broker, or the one that RABBITMQ_URL names (`amqp[s]://user:password@host:port/vhost`).
 *
 * @throws LocalError `bad_setting` when RABBITMQ_URL is no such address; its text is not repeated, it holds a password
 */
export function brokerAddress(home: Home, ports: Ports, env: NodeJS.ProcessEnv = process.env): BrokerAddress {
  if (!env.RABBITMQ_URL) {
    return { url: `amqp://127.0.0.1:${ports.broker}`, ...brokerCredentials(home), external: false };
  }
  const url = URL.parse(env.RABBITMQ_URL);
  if (!url?.hostname || !/^amqps?:$/.test(url.protocol)) {
    throw new LocalError('bad_setting', 'RABBITMQ_URL must look like amqp://user:password@host:5672/vhost.');
  }
  const username = decodeURIComponent(url.username || 'guest');
  const password = decodeURIComponent(url.password || 'guest');
  url.username = '';
  url.password = '';
  return { url: url.href, username, password, external: true };
}
