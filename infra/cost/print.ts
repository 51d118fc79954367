import { BUSY_CORES } from './assumed.ts';
import type { Bill, Line } from './bill.ts';

/** What a bill is of, in words. */
export interface Title {
  preset: string;
  region: string;
  minutes: number;
  profile: string;
  videoMinutes: number;
  views: number;
  keepMonths: number;
  pricesAsOf: string;
  measuredAt: string;
}

/** The bill as a table of plain text. */
export function printed(bill: Bill, title: Title): string {
  const { minutes, videoMinutes, views, keepMonths } = title;
  const rows = bill.lines.map(({ service, what, quantity, unit, price, dollars }: Line) => [
    service,
    what,
    `${amount(quantity)} ${unit}${quantity === 1 || unit === 'GB' ? '' : 's'}`,
    `$${unitPrice(price)}`,
    money(dollars),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  const width = widths.reduce((sum, each) => sum + each + 2, -2);
  const total = (words: string, dollars: string) => `${words.padEnd(width - dollars.length)}${dollars}`;
  return [
    `A month of ${minutes.toLocaleString('en')} minutes of video with ${title.profile}, ${title.preset}, ${title.region}:`,
    `${amount(minutes / videoMinutes)} videos of ${amount(videoMinutes)} min, each watched ${amount(views)} times and kept for ${amount(keepMonths)} months.`,
    '',
    ...rows.map(line),
    '-'.repeat(width),
    total('together', money(bill.dollars)),
    total('of which without any video', money(bill.standing)),
    total('each minute of video more', `$${bill.perMinute.toFixed(5)}`),
    '',
    `List prices of ${title.pricesAsOf}, without free tiers: core/prices/table.json says which were confirmed by whom.`,
    `What a video takes was measured on ${title.measuredAt}: infra/cost/measured.json says how. A worker is paid for`,
    `FFmpeg's seconds of processor, of which it keeps ${BUSY_CORES} busy; infra/cost/assumed.ts has that and all else that was`,
    'assumed and not measured. Nothing of it has been compared with a bill from AWS.',
  ].join('\n');
}

const money = (dollars: number) => `$${dollars.toFixed(2)}`;

/** 0.0000133334 as it is, 0.2 as 0.20. */
function unitPrice(price: number): string {
  if (price >= 0.01) return price.toFixed(price >= 1 ? 2 : 4);
  return price.toFixed(10).replace(/0+$/, '');
}

/** Three digits that say something, and thousands apart. */
function amount(quantity: number): string {
  return quantity.toLocaleString(
    'en',
    quantity >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}
