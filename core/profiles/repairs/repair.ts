import type { Finding } from '../../report.ts';
import type { Look } from '../look.ts';

/** What a repair makes of one scene. Without a setting, the scene stays as it is. */
export interface Judgement<S> {
  setting: S | null;
  finding: Finding;
}

/** One kind of damage: how it is recognised, and how it is mended. */
export interface Repair<S> {
  judge(look: Look): Judgement<S>;
  /** How far two settings lie apart: below 1, nobody sees the difference, and scenes can share one. */
  distance(a: S, b: S): number;
  /** Between the two: `a` at 0, `b` at 1. */
  mix(a: S, b: S, at: number): S;
  /** Does nothing. What a scene without a setting counts as, where that has to be compared or mixed. */
  none: S;
}

/** A repair that FFmpeg's filters carry out by themselves. */
export interface FilterRepair<S> extends Repair<S> {
  filters(setting: S): string[];
}

export function between(a: number, b: number, at: number): number {
  return a + (b - a) * at;
}

/** For filter options: enough digits to be exact, none too many to read. */
export function short(value: number): string {
  return String(Number(value.toFixed(4)));
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
