import { brokerHour, type Prices } from '../../core/prices/prices.ts';
import type { AwsConfig } from '../config.ts';
import { byUse } from './by-use.ts';
import { kept } from './kept.ts';
import { type Load, videoOf, videosOf } from './load.ts';
import type { Measured } from './measured.ts';

/** One line of the bill, of one month. */
export interface Line {
  service: string;
  what: string;
  quantity: number;
  unit: string;
  /** US dollars a unit. */
  price: number;
  dollars: number;
}

export interface Bill {
  lines: Line[];
  dollars: number;
  /** What is paid whether or not there are videos. */
  standing: number;
  /** What a minute of video adds. */
  perMinute: number;
}

/** What a month costs, line by line, by list prices without free tiers. Lines of nothing are left out. */
export function billFor(config: AwsConfig, load: Load, measured: Measured, prices: Prices): Bill {
  const lines = linesOf(config, load, measured, prices);
  const standing = sum(linesOf(config, { ...load, minutes: 0 }, measured, prices));
  const dollars = sum(lines);
  return { lines, dollars, standing, perMinute: load.minutes > 0 ? (dollars - standing) / load.minutes : 0 };
}

function linesOf(config: AwsConfig, load: Load, measured: Measured, prices: Prices): Line[] {
  const video = videoOf(measured, load.profile, load.videoMinutes * 60);
  const entries = [
    ...kept(config, brokerHour(prices, config.brokerInstance)),
    ...byUse(config, load, { video, videos: videosOf(load) }, prices),
  ];
  return entries
    .filter(({ quantity }) => quantity > 0)
    .map(({ price, ...entry }) => {
      const usd = typeof price === 'number' ? price : prices.of(price);
      return { ...entry, price: usd, dollars: entry.quantity * usd };
    });
}

const sum = (lines: Line[]) => lines.reduce((total, { dollars }) => total + dollars, 0);
