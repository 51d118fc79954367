import type { Chunk } from '../../../core/timeline.ts';
import type { Encoder } from '../encoders.ts';

/** x264's own default, said so that both uses of it agree. */
const IP_RATIO = 1.4;
/** Instead, for a first picture that had others of its scene before it in another chunk: less was expected of it. */
const IP_LATE = 1.25;

/** What the last pictures before a quiet scene's joint lack: so much more, from so many before the end on. */
const HELD_UP = [
  { from: 36, factor: 1.03 },
  { from: 24, factor: 1.1 },
  { from: 12, factor: 1.28 },
  { from: 6, factor: 1.5 },
  { from: 2, factor: 1.8 },
];
/** Less is lost in the rounding of quantisers. */
const LEAST = 1.01;

/** Pictures with one that stands alone: x264 takes 250 at most, and a chunk is often a little longer. */
const GROUP = 300;
/** Pictures by which a chunk may be longer than its average rate says. */
const ABOUT = 12;

/**
 * The encoder as the plan pins it: what it makes does not depend on the machine. Only x264 promises that.
 *
 * A chunk is divided evenly by pictures that stand alone, so that there is not one more just before its end.
 *
 * Both ends of a chunk are mended that are in the middle of a video:
 *
 * x264 spends less on the first picture of an encode than on one that stands alone later on: it leaves out the factor
 * between I and P pictures (`ipratio`, 1.4). The factor is put back; without, all that is predicted from that picture is
 * up to 2.5 dB worse.
 *
 * It spends more on what later pictures are predicted from, forty of which it looks at ahead (`mbtree`). The last ones of
 * a chunk get none of that, and in a quiet scene fall up to 2.5 dB below the rest; so they get it by a table.
 *
 * @param about the chunk: how many pictures it has, more or less; whether its scene began just before it
 */
export function pinned(
  encoder: Encoder,
  threads: number,
  { start, onward }: Pick<Chunk, 'start' | 'onward'>,
  { pictures, isLate = false }: { pictures: number; isLate?: boolean },
): Encoder {
  const zones = [
    ...(start === null ? [] : [`0,0,b=${isLate ? IP_LATE : IP_RATIO}`]),
    ...heldUp(Math.round(pictures), onward),
  ];
  const params = [
    'cpu-independent=1',
    `keyint=${apart(pictures)}`,
    ...(start === null ? [] : [`ipratio=${IP_RATIO}`]),
    ...(zones.length === 0 ? [] : [`zones=${zones.join('/')}`]),
  ];
  const options = ['-threads', String(threads), '-x264-params', params.join(':')];
  return { ...encoder, options: (pixels) => [...encoder.options(pixels), ...options] };
}

/** Pictures from one that stands alone to the next, at most. A rate that is not known makes no difference. */
function apart(pictures: number): number {
  const groups = Math.ceil(pictures / GROUP);
  return Math.ceil(groups > 1 ? pictures / groups : GROUP) + ABOUT;
}

function heldUp(pictures: number, onward: number): string[] {
  return HELD_UP.flatMap(({ from, factor }, index) => {
    const [first, last] = [Math.max(1, pictures - from), pictures - 1 - (HELD_UP[index + 1]?.from ?? 0)];
    const more = factor ** onward;
    return more < LEAST || last < first ? [] : [`${first},${last},b=${more.toFixed(3)}`];
  });
}
