/** Rows of text under headings. The first column is text, the others are figures. */
export interface Table {
  title: string;
  headings: string[];
  rows: string[][];
  /** What it says, in sentences; drawn from its rows. */
  says: string[];
}

/** For a terminal. */
export function plain({ title, headings, rows, says }: Table): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, '', line(headings), ...rows.map(line), '', ...says.map((sentence) => `→ ${sentence}`), ''].join('\n');
}

/** For a document. */
export function markdown({ headings, rows, says }: Table): string {
  const widths = headings.map((heading, i) => Math.max(3, heading.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(headings), rule, ...rows.map(line), ...says.flatMap((sentence) => ['', sentence])].join('\n');
}

/** Seconds as people say them. */
export function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 100) return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
  if (seconds < 6000) return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const dollars = (amount: number): string => `$${amount.toFixed(amount < 0.1 ? 4 : amount < 10 ? 3 : 1)}`;

export const percent = (share: number): string => {
  const percents = share * 100;
  return `${percents < 10 ? Number(percents.toPrecision(1)) : Math.round(percents)} %`;
};

/** The value that so much of them, 0 to 1, do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
