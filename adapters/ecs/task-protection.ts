import { z } from 'zod';
import type { Log } from '../../core/log.ts';
import type { Protection } from '../../core/ports/protection.ts';

/** A protection that is forgotten ends by itself: a worker that hangs must not live for ever. */
const EXPIRES_MINUTES = 10;
const RENEW_MS = 4 * 60_000;
const ANSWER_MS = 5_000;

const Answer = z.object({
  protection: z.object({ ProtectionEnabled: z.boolean() }).optional(),
  failure: z.object({ Reason: z.string() }).optional(),
  error: z.object({ Code: z.string() }).optional(),
});

/**
 * ECS's scale-in protection of the task that this runs in, through its agent's endpoint.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 *
 * Renewed while the work lasts. Where the agent does not answer, or refuses (as it does while a deployment ends this
 * task), the work goes on unprotected: it is handed back when the task is stopped, and nothing is lost.
 *
 * @param agentUri `ECS_AGENT_URI`, which ECS sets; without it there is nothing to protect from
 */
export function ecsTaskProtection(agentUri: string | undefined, log: Log): Protection {
  if (!agentUri) return { during: (work) => work() };
  const url = `${agentUri}/task-protection/v1/state`;

  async function protect(enabled: boolean): Promise<void> {
    const body = { ProtectionEnabled: enabled, ...(enabled && { ExpiresInMinutes: EXPIRES_MINUTES }) };
    try {
      const response = await fetch(url, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const { protection, failure, error } = Answer.parse(await response.json());
      if (protection?.ProtectionEnabled === enabled) return;
      log.warn('scale-in protection was refused', { enabled, why: failure?.Reason ?? error?.Code ?? response.status });
    } catch (error) {
      log.error('scale-in protection could not be set', error, { enabled });
    }
  }

  return {
    async during(work) {
      await protect(true);
      const renewing = setInterval(() => void protect(true), RENEW_MS);
      try {
        return await work();
      } finally {
        clearInterval(renewing);
        await protect(false);
      }
    },
  };
}
