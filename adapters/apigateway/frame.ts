/** API Gateway refuses frames above 32 KB; a little is kept for what wraps them. */
const MAX_FRAME = 32 * 1000;

/**
 * A message as the JSON text of one frame. Text that is too long (an echo, an error) is shortened: its longest value
 * ends in `…` then.
 */
export function frameOf(message: object): string {
  let fitting: Record<string, unknown> = { ...message };
  for (;;) {
    const text = JSON.stringify(fitting);
    const excess = Buffer.byteLength(text) - MAX_FRAME;
    if (excess <= 0) return text;
    const [name, value] = longestText(fitting);
    // A character takes one to six bytes in JSON, so this converges from above without cutting more than it must.
    const kept = value.length - Math.max(1, Math.ceil(excess / 6)) - 1;
    fitting = { ...fitting, [name]: `${value.slice(0, Math.max(0, kept)).toWellFormed()}…` };
  }
}

function longestText(message: Record<string, unknown>): [string, string] {
  const texts = Object.entries(message).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return texts.reduce((longest, entry) => (entry[1].length > longest[1].length ? entry : longest), ['', '']);
}
