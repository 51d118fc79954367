import { ClientError, ConnectionError } from '../client/index.ts';
import { bytes } from './words.ts';

/** What went wrong and what to do about it, in a sentence or two for whoever sits in front of it. */
export function inWords(error: unknown): string {
  if (error instanceof ClientError) {
    if (error.status === 404) return 'This video is not here any more. It may have been deleted.';
    if (error.code === 'too_many_videos') return sentence(error.message);
    if (error.status >= 500) return `${sentence(error.message)} That is the server’s fault; trying again may help.`;
    return sentence(error.message);
  }
  // Uploads wait for the connection and go on by themselves; whatever else meets this does not.
  if (error instanceof ConnectionError) return 'The server cannot be reached. Check the connection, and try again.';
  return error instanceof Error ? sentence(error.message) : 'Something went wrong. Reload the page and try again.';
}

/** With sizes as people read them. */
function sentence(text: string): string {
  const trimmed = text.trim().replace(/\b\d{4,} bytes\b/g, (size) => bytes(Number.parseInt(size, 10)));
  const upper = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
