import { readable } from '../../local/home.ts';
import type { FileStatus } from './report.ts';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1 byte`, `17 KiB`, `1.4 GiB`. */
export function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(count, 1)) / 10));
  const value = count / 1024 ** power;
  const unit = count === 1 ? 'byte' : UNITS[power];
  return `${power === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** File names and servers' words may hold control characters, which a terminal would obey. */
export function safe(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '�');
}

/** How a file ended, in words. Paths as people in the folder `from` would write them. */
export function outcome({ stage, error, outputs, seconds }: FileStatus, from: string): string {
  if (stage === 'failed') return `failed: ${safe(error?.message ?? 'for an unknown reason')}`;
  if (stage === 'cancelled') return 'cancelled';
  const written = [outputs.video, outputs.metadata].filter((path) => path !== undefined);
  return `done in ${seconds.toFixed(1)} s: ${written.map((path) => safe(readable(path, from))).join(', ')}`;
}

/** What was found in the video and done about it: a line for the whole, then one for each thing that people can see. */
export function whatWasDone({ stage, analysis }: FileStatus): string[] {
  if (stage !== 'done' || !analysis) return [];
  const { summary, findings, left_out, notes } = analysis;
  const mended = findings.filter(({ verdict }) => verdict === 'mended');
  const behind = left_out.length > 0 ? [`Left out: ${left_out.map(({ what }) => what).join(', ')}.`] : [];
  return [summary, ...mended.map(({ found, done }) => `${found} ${done}`), ...notes, ...behind].map(safe);
}

export function summaryLine(count: Record<'done' | 'failed' | 'cancelled', number>): string {
  const total = count.done + count.failed + count.cancelled;
  const rest = [
    ...(count.failed > 0 ? [`${count.failed} failed`] : []),
    ...(count.cancelled > 0 ? [`${count.cancelled} cancelled`] : []),
  ];
  return [`${count.done} of ${total} videos enhanced`, ...rest].join(', ');
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Colours, or nothing at all where they are not wanted. */
export function painter(colours: boolean): (style: keyof typeof STYLES, text: string) => string {
  return (style, text) => (colours ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text);
}

const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff01-\uff60]/u;
const characters = new Intl.Segmenter();

/** Exactly this many columns: padded, or cut with an ellipsis. */
export function inColumns(text: string, columns: number): string {
  let width = 0;
  let cut = '';
  for (const { segment } of characters.segment(text)) {
    const next = WIDE.test(segment) ? 2 : 1;
    if (width + next > columns) return `${dropLast(cut, width, columns)}…`;
    cut += segment;
    width += next;
  }
  return cut + ' '.repeat(columns - width);
}

/** Makes room for an ellipsis in text that fills all, or all but one, of the columns. */
function dropLast(text: string, width: number, columns: number): string {
  if (width < columns) return text;
  const all = [...characters.segment(text)].map(({ segment }) => segment);
  const last = all.pop() ?? '';
  return all.join('') + (WIDE.test(last) ? ' ' : '');
}
