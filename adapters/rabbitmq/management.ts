import { z } from 'zod';
import { TransientError } from '../../core/errors.ts';
import type { Credentials } from './connection.ts';

const ANSWER_MS = 10_000;
/** RabbitMQ 3.8 and before wrote the tags with commas between. */
const User = z.object({ tags: z.union([z.string(), z.array(z.string()).transform((tags) => tags.join(','))]) });

/** What of the broker's management API is needed to give its user another password. */
export interface Management {
  /** Whether the broker takes this login. */
  accepts(login: Credentials): Promise<boolean>;
  /** Gives the user that logs in another password; its tags stay. */
  changePassword(login: Credentials, password: string): Promise<void>;
}

/**
 * https://www.rabbitmq.com/docs/http-api-reference
 *
 * @param url `https://host[:port]`
 * @throws TransientError `broker_unavailable` for anything but the answers that are asked for
 */
export function rabbitManagement(url: string): Management {
  const call = async (path: string, { username, password }: Credentials, init: RequestInit = {}) => {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    try {
      return await fetch(new URL(path, url), {
        ...init,
        headers: { authorization, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch (cause) {
      throw new TransientError('broker_unavailable', "The broker's management API does not answer.", { cause });
    }
  };
  const refused = (what: string, { status }: Response) =>
    new TransientError('broker_unavailable', `The broker's management API answered ${status} to ${what}.`);

  return {
    async accepts(login) {
      const response = await call('/api/whoami', login);
      if (response.ok) return true;
      if (response.status === 401) return false;
      throw refused('a login', response);
    },

    async changePassword(login, password) {
      const user = `/api/users/${encodeURIComponent(login.username)}`;
      const found = await call(user, login);
      if (!found.ok) throw refused('the question who the user is', found);
      const { tags } = User.parse(await found.json());
      const changed = await call(user, login, { method: 'PUT', body: JSON.stringify({ password, tags }) });
      if (!changed.ok) throw refused('another password', changed);
    },
  };
}
