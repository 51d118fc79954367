import type { SendBytes } from './send.ts';

/** Sends as `fetch` does, and says how far it has come, which in browsers only XMLHttpRequest can. */
export const sendByXhr: SendBytes = ({ url, headers, body, signal, onSent }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let told = 0;
    const stop = () => request.abort();
    const end = () => signal.removeEventListener('abort', stop);
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      onSent(loaded - told);
      told = loaded;
    };
    request.onload = () => {
      end();
      resolve({ status: request.status, etag: request.getResponseHeader('etag') });
    };
    request.onerror =
      request.onabort =
      request.ontimeout =
        (event) => {
          end();
          reject(new Error(`The transfer ended with ${event.type}.`));
        };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    request.send(body);
  });
