import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ConnectionError } from '../../client/index.ts';
import { AWAY_MS } from '../away.ts';
import { inWords } from '../problem.ts';

/**
 * Reads what is to be shown, again and again while the server is away: who came by a link would have to reload the page.
 *
 * @param what it is; another one is read anew
 */
export function useReading<T>(what: string, read: (signal: AbortSignal) => Promise<T>) {
  const value = useSignal<T | undefined>(undefined);
  /** In words; empty while there is none. */
  const failure = useSignal('');

  // How it is read follows from what is read.
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const attempt = async () => {
      try {
        value.value = await read(stop.signal);
        failure.value = '';
      } catch (error) {
        if (stop.signal.aborted) return;
        failure.value = inWords(error);
        if (error instanceof ConnectionError) timer = setTimeout(() => void attempt(), AWAY_MS);
      }
    };
    void attempt();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [what]);

  return { value: value.value, failure: failure.value };
}
