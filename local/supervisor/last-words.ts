/** What Node adds below the error that ended it: where it was thrown, its fields, and Node's own version. */
const BELOW = /^(\s|[{}]|Node\.js v|file:\/\/|$)/;

/** What a program said that tells best why it ended: the message of its last error, where it is known by its form. */
export function lastWords(lines: readonly string[]): string | undefined {
  const said = lines.map(plain);
  const error = said.findLast((line) => /^(\w*Error|BadInput)\b.*: /.test(line));
  return error ?? said.findLast((line) => !BELOW.test(line));
}

/** The services write one JSON object a line. */
function plain(line: string): string {
  try {
    const { message, error } = JSON.parse(line) as Record<string, unknown>;
    return [message, error].filter((part) => typeof part === 'string').join(': ') || line;
  } catch {
    return line.trimEnd();
  }
}
