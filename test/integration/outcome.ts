/** What AWS names the refusal of what a role was not granted. */
export const DENIED = /AccessDenied/;

/** The error's name, or "allowed". */
export function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'allowed',
    (error: Error) => error.name,
  );
}
