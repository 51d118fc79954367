import type { Limits } from '../../client/index.ts';
import { lengthInWords } from '../../core/source-limits.ts';
import { videoTypeOf } from '../../core/video-type.ts';
import { bytes } from '../words.ts';

/** What is taken, for whoever is about to choose. The bytes decide, so most of what FFmpeg reads is. */
export function takenWords(limits: Limits | undefined): string {
  const kinds = 'MP4, MOV, MKV, WebM and most others';
  if (!limits) return `${kinds}.`;
  return `${kinds}, each up to ${bytes(limits.upload_bytes)} and ${lengthInWords(limits.duration_seconds)}.`;
}

/** Why a file is not sent, in a sentence; undefined for one that is. */
export function refusalOf(
  { name, type, size }: Pick<File, 'name' | 'type' | 'size'>,
  limits: Limits | undefined,
): string | undefined {
  if (!videoTypeOf({ name, type })) return `${name} is not a video.`;
  if (size === 0) return `${name} is empty.`;
  if (!limits || size <= limits.upload_bytes) return undefined;
  return `${name} is too large: it has ${bytes(size)}, and up to ${bytes(limits.upload_bytes)} are taken here.`;
}

/** Told by name. More would cover the page, as when somebody drops all their pictures. */
const TOLD = 3;

/** Several refusals as one message. */
export function refusalWords(refusals: readonly string[]): string {
  const more = refusals.length - TOLD;
  if (more < 2) return refusals.join(' ');
  return `${refusals.slice(0, TOLD).join(' ')} ${more} more files were not taken either.`;
}
