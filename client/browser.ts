import { type Client, type ClientOptions, createClient as create } from './index.ts';
import { sendByXhr } from './send-by-xhr.ts';

export * from './index.ts';

/** The client as browsers run it: uploads report as they go, which there only XMLHttpRequest can. */
export function createClient(options: ClientOptions): Client {
  return create({ send: sendByXhr, ...options });
}
