import { randomBytes } from 'node:crypto';
import type { Management } from '../adapters/rabbitmq/management.ts';
import type { SecretVersions } from '../adapters/secretsmanager/secret-versions.ts';
import { TransientError } from '../core/errors.ts';

/** In the order in which Secrets Manager asks for them; it asks again for one that failed. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];

/**
 * One step of a rotation. Whoever is connected stays so; whoever connects between `setSecret` and `finishSecret` is
 * refused, asks for the password again and has it a moment later.
 *
 * @param token the rotation's, which names the version of the secret that it makes
 * @throws TransientError `rotation_failed` when the broker does not take what it should
 */
export async function rotate(broker: Management, versions: SecretVersions, step: Step, token: string): Promise<void> {
  const proposed = await versions.pending(token);
  switch (step) {
    case 'createSecret': {
      if (proposed) return;
      const { username } = await versions.current();
      return versions.propose(token, { username, password: randomBytes(30).toString('base64url') });
    }
    case 'setSecret': {
      if (!proposed) throw failed('there is no password to give it: this step came before its time');
      if (await broker.accepts(proposed)) return;
      const current = await versions.current();
      if (!(await broker.accepts(current))) throw failed('it takes neither the current password nor the new one');
      return broker.changePassword(current, proposed.password);
    }
    case 'testSecret': {
      // Also what Secrets Manager tries out when a schedule is set, without having anything made up before.
      if (!(await broker.accepts(proposed ?? (await versions.current()))))
        throw failed('it does not take the password');
      return;
    }
    case 'finishSecret':
      return versions.promote(token);
  }
}

const failed = (why: string) => new TransientError('rotation_failed', `The broker's login was not changed: ${why}.`);
