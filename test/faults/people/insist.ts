import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../kinds/waiting.ts';

/** What a person does with a service that does not answer: tries again. */
const PAUSE_MS = 500;
const PATIENCE_MS = 15_000;

/** @throws the signal's reason; what `isAnswer` throws */
export async function insist(
  ask: (signal: AbortSignal) => Promise<Response>,
  isAnswer: (answer: Response) => boolean,
  signal: AbortSignal,
): Promise<Response> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await ask(atMost(PATIENCE_MS, signal));
      if (isAnswer(answer)) return answer;
      await answer.body?.cancel();
    } catch {
      signal.throwIfAborted();
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}
