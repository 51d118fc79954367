import type { IncomingMessage, ServerResponse } from 'node:http';
import { empty } from './answers.ts';

type Outcome = 'handled' | 'go on';
/** What a request meets before, or instead of, its answer. */
export type Trouble = (request: IncomingMessage, response: ServerResponse) => Outcome | Promise<Outcome>;

export const refuse =
  (status: number): Trouble =>
  (request, response) => {
    request.resume();
    request.on('end', () => empty(response, status));
    return 'handled';
  };

export const hangUp: Trouble = (request) => {
  request.socket.destroy();
  return 'handled';
};

/** Takes the request and leaves it at that. */
export const never: Trouble = () => 'handled';

/** Does what it is asked, but the answer is lost on its way. */
export const loseAnswer: Trouble = (_, response) => {
  response.writeHead = () => response.destroy();
  return 'go on';
};

/** Answers after a while. */
export const dawdle =
  (ms: number): Trouble =>
  () =>
    new Promise((resolve) => setTimeout(() => resolve('go on'), ms));

/** Troubles to come, by what they befall (`METHOD /path`). */
export function troubleList() {
  const list: { matches: RegExp; times: number; trouble: Trouble }[] = [];
  return {
    /** The next `times` requests that match meet this. Answers how to end it earlier. */
    add(matches: RegExp, times: number, trouble: Trouble): () => void {
      const entry = { matches, times, trouble };
      list.push(entry);
      return () => {
        entry.times = 0;
      };
    },
    meet(line: string): Trouble {
      const found = list.find(({ matches, times }) => times > 0 && matches.test(line));
      if (!found) return () => 'go on';
      found.times -= 1;
      return found.trouble;
    },
  };
}
