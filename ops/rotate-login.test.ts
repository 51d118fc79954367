import { beforeEach, describe, expect, it } from 'vitest';
import type { Management } from '../adapters/rabbitmq/management.ts';
import type { SecretVersions } from '../adapters/secretsmanager/secret-versions.ts';
import { rotate, STEPS } from './rotate-login.ts';

interface Login {
  username: string;
  password: string;
}

const OLD: Login = { username: 'reelight', password: 'old' };
let versions: SecretVersions & { now: () => Login };
let broker: Management & { password: string; changes: number };

beforeEach(() => {
  let current = OLD;
  const pending = new Map<string, Login>();
  versions = {
    now: () => current,
    current: async () => current,
    pending: async (token) => pending.get(token),
    propose: async (token, login) => void pending.set(token, login),
    promote: async (token) => {
      current = pending.get(token) ?? current;
    },
  };
  broker = {
    password: OLD.password,
    changes: 0,
    accepts: async ({ password }) => password === broker.password,
    changePassword: async (login, password) => {
      if (login.password !== broker.password) throw new Error('refused');
      broker.password = password;
      broker.changes += 1;
    },
  };
});

const step = (name: (typeof STEPS)[number], token = 't') => rotate(broker, versions, name, token);

describe('a rotation', () => {
  it('gives the user a long password that only it and the secret know', async () => {
    for (const name of STEPS) await step(name);
    expect(versions.now()).toEqual({ username: 'reelight', password: broker.password });
    expect(broker.password).toMatch(/^[\w-]{40}$/);
    expect(broker.changes).toBe(1);
  });

  it('makes up one password, however often it is asked to', async () => {
    await step('createSecret');
    const first = await versions.pending('t');
    await step('createSecret');
    expect(await versions.pending('t')).toEqual(first);
  });

  it('can be asked for each step twice', async () => {
    for (const name of STEPS) {
      await step(name);
      await step(name);
    }
    expect(broker.changes).toBe(1);
    expect(versions.now().password).toBe(broker.password);
  });

  it('leaves the secret as it is until the broker has taken the password', async () => {
    await step('createSecret');
    expect(versions.now()).toEqual(OLD);
    await expect(step('testSecret')).rejects.toMatchObject({ code: 'rotation_failed' });
    expect(versions.now()).toEqual(OLD);
  });

  it('says so when the broker knows neither password', async () => {
    await step('createSecret');
    broker.password = "somebody else's";
    await expect(step('setSecret')).rejects.toMatchObject({ code: 'rotation_failed' });
    expect(broker.changes).toBe(0);
  });

  it('does not give a password that it has not made up', async () => {
    await expect(step('setSecret')).rejects.toMatchObject({ code: 'rotation_failed' });
  });

  it('can be tried out before it was ever begun', async () => {
    await expect(step('testSecret')).resolves.toBeUndefined();
  });

  it('repeats no password in what it says', async () => {
    await step('createSecret');
    const proposed = await versions.pending('t');
    const error = await step('testSecret').catch((reason: Error) => reason);
    expect(JSON.stringify([error, String(error)])).not.toContain(proposed?.password);
  });
});
