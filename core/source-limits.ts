import { BadInput } from './errors.ts';

/** What a video may be. Only its header tells, so it is known once the bytes are here; and headers lie. */
export interface SourceLimits {
  /** How long it may be. */
  seconds: number;
  /** Of one picture. */
  pixels: number;
  /** Pictures a second, on average. */
  frameRate: number;
}

/** Where no setting says otherwise: half a day, 8K of any shape, and slow motion from telephones (240, give or take). */
export const DEFAULT_SOURCE_LIMITS: SourceLimits = { seconds: 12 * 60 * 60, pixels: 8192 * 4320, frameRate: 300 };

/** Pixels: what encoders of H.264 take, whatever the other side is. */
const LONGEST_SIDE = 16_384;

/** What a header says; 0 where it does not. */
export interface Claimed {
  seconds: number;
  width: number;
  height: number;
  frameRate: number;
}

/**
 * Refuses a video whose header says that it is beyond the limits.
 *
 * @throws BadInput `too_long`, `too_large`, `too_fast`
 */
export function refuseBeyond({ seconds, width, height, frameRate }: Claimed, limits: SourceLimits): void {
  if (seconds > limits.seconds) throw tooLong(`is ${lengthInWords(seconds)} long`, limits);
  if (width * height > limits.pixels) {
    const most = megapixels(limits.pixels);
    const detail = `The pictures of this video are ${width} × ${height}: up to ${most} megapixels are taken here.`;
    throw new BadInput('too_large', detail);
  }
  if (Math.max(width, height) > LONGEST_SIDE) {
    const detail = `The pictures of this video are ${width} × ${height}: sides of up to ${LONGEST_SIDE} pixels are taken here.`;
    throw new BadInput('too_large', detail);
  }
  if (frameRate > limits.frameRate) {
    const rate = Math.round(frameRate * 100) / 100;
    throw tooFast(`has ${rate} pictures a second: up to ${limits.frameRate} are taken here`);
  }
}

/**
 * Why a video whose header lied is not worked on any further; undefined while it is within the limits.
 *
 * @param made what came of it so far
 */
export function goneBeyond(made: { seconds: number; frames: number }, limits: SourceLimits): BadInput | undefined {
  if (made.seconds > limits.seconds) return tooLong('goes on for longer than its header says', limits);
  // As many as a video may have that is as long and as fast as one may be.
  if (made.frames > limits.seconds * limits.frameRate) return tooFast('has more pictures than are taken here');
  return undefined;
}

function tooLong(what: string, { seconds }: SourceLimits): BadInput {
  return new BadInput('too_long', `This video ${what}: videos of up to ${lengthInWords(seconds)} are taken here.`);
}

function tooFast(what: string): BadInput {
  return new BadInput('too_fast', `This video ${what}.`);
}

/** `2 hours 5 minutes`: the two largest units that there are. */
export function lengthInWords(seconds: number): string {
  const whole = Math.ceil(seconds);
  const units = [
    ['year', Math.floor(whole / 31_536_000)],
    ['day', Math.floor(whole / 86_400) % 365],
    ['hour', Math.floor(whole / 3600) % 24],
    ['minute', Math.floor(whole / 60) % 60],
    ['second', whole % 60],
  ] as const;
  const first = units.findIndex(([, count]) => count > 0);
  const told = units.slice(first, first + 2).filter(([, count]) => count > 0);
  return told.map(([unit, count]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ') || '0 seconds';
}

function megapixels(pixels: number): number {
  return Math.round(pixels / 100_000) / 10;
}
