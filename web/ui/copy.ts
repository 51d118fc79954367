import { notify } from './notices.tsx';

/** Browsers refuse the clipboard outside of secure contexts: then the text is shown, to be copied by hand. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(`${what} copied.`);
  } catch {
    notify(`Copying is not allowed here. This is it: ${text}`, 'trouble');
  }
}
