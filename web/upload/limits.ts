import { signal } from '@preact/signals';
import type { Limits } from '../../client/index.ts';
import { client } from '../api.ts';

/** What the server takes; undefined until it has said so. */
export const limits = signal<Limits | undefined>(undefined);

export async function learnLimits(): Promise<void> {
  // Not knowing them costs nothing: the server refuses what is too large before a byte is sent.
  limits.value = await client.limits().catch(() => undefined);
}
