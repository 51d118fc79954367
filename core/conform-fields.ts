import type { Analysis } from './analysis.ts';
import type { Orientation, VideoFacts } from './media.ts';
import type { Finding } from './report.ts';

type Interlacing = Analysis['interlacing'];

/** Above this, what the pictures show counts more than what the header claims. */
const SURE = 0.6;
/** How far a header is trusted: broadcast files often call themselves interlaced and are not. */
const HEADER = 0.7;

/**
 * Makes whole pictures of fields: one of each frame, so that their number and times stay. `bwdif` looks one frame back
 * and one ahead, so that its window is finite.
 */
export function deinterlacing(
  { fieldOrder, orientation }: VideoFacts,
  seen: Interlacing | null,
): { graph: string[]; findings: Finding[] } {
  const claimed = fieldOrder === 'tff' || fieldOrder === 'bff';
  if (seen && seen.confidence >= SURE) {
    if (seen.order === 'progressive') return { graph: [], findings: [whole(seen.confidence, claimed)] };
    const bwdif = `bwdif=mode=send_frame:parity=${seen.order}:deint=all`;
    return { graph: unturned(orientation, bwdif), findings: [mended(seen.order, seen.confidence)] };
  }
  if (fieldOrder === 'tff' || fieldOrder === 'bff') {
    // Frame by frame as the decoder finds them marked: a file can hold both kinds.
    const bwdif = 'bwdif=mode=send_frame:parity=auto:deint=interlaced';
    return { graph: unturned(orientation, bwdif), findings: [mended(fieldOrder, HEADER)] };
  }
  return { graph: [], findings: seen ? [unclear(seen)] : [] };
}

/** Fields lie in the rows of the stored picture, and FFmpeg has turned it by now: back, and upright again afterwards. */
function unturned({ rotation, mirrored }: Orientation, filter: string): string[] {
  const mirror = mirrored ? ['hflip'] : [];
  return [...(TURNS[(360 - rotation) % 360] ?? []), ...mirror, filter, ...mirror, ...(TURNS[rotation] ?? [])];
}

const TURNS: Record<number, string[]> = { 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] };

function mended(order: 'tff' | 'bff', confidence: number): Finding {
  const first = order === 'tff' ? 'upper' : 'lower';
  return {
    subject: 'interlacing',
    verdict: 'mended',
    found: `The video is interlaced, ${first} field first: moving things have combs.`,
    done: 'Each pair of fields was made into one whole picture.',
    confidence,
    values: { fields_per_frame: 2, upper_field_first: order === 'tff' ? 1 : 0 },
  };
}

function whole(confidence: number, claimed: boolean): Finding {
  return {
    subject: 'interlacing',
    verdict: 'good',
    found: claimed ? 'The file calls itself interlaced, but its pictures are whole.' : 'The pictures are whole.',
    done: 'Nothing was to be done.',
    confidence,
    values: { fields_per_frame: 1 },
  };
}

/** Nobody is sure, and the file does not say so itself: a whole picture that is deinterlaced loses half its detail. */
function unclear({ order, confidence }: Interlacing): Finding {
  if (order === 'progressive') return whole(confidence, false);
  return {
    subject: 'interlacing',
    verdict: 'left',
    found: 'Some pictures look interlaced, but it is not clear that they are.',
    done: 'They were left as they are.',
    confidence,
    values: {},
  };
}
