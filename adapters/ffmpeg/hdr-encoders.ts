import type { LightFacts, Point } from '../../core/media.ts';
import type { KeptHdr } from '../../core/profiles/profile.ts';
import type { Encoder } from './encoders.ts';

/**
 * High dynamic range in 10 bits, best first: HEVC under the tag that Apple's players ask for, then H.264 High 10. There
 * is no way in 8 bits: skies would break into steps.
 *
 * How many pictures x265 works on at once shows in its bits: pinned, since an output must not depend on the machine.
 */
export function hdrEncoders({ kind, light }: Pick<KeptHdr, 'kind' | 'light'>): Encoder[] {
  const display = light?.display && displayIn(light.display);
  const content = light?.content && `${light.content.most},${light.content.average}`;
  const x265 = [
    ...['log-level=none', 'frame-threads=2'],
    ...(kind === 'pq' ? ['hdr10=1'] : []),
    ...(display ? [`master-display=${display}`] : []),
    ...(content ? [`max-cll=${content}`] : []),
  ];
  const x264 = [...(display ? [`mastering-display=${display}`] : []), ...(content ? [`cll=${content}`] : [])];
  return [
    {
      name: 'libx265',
      container: 'mp4',
      coded: { codec: 'hevc', pixelFormats: TEN_BITS },
      options: () => [
        ...['-preset', 'medium', '-crf', '22', '-profile:v', 'main10', '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1'],
        ...['-x265-params', x265.join(':')],
      ],
    },
    {
      name: 'libx264',
      container: 'mp4',
      coded: { codec: 'h264', pixelFormats: TEN_BITS },
      options: () => [
        ...['-preset', 'medium', '-crf', '21', '-profile:v', 'high10', '-pix_fmt', 'yuv420p10le'],
        ...(x264.length > 0 ? ['-x264-params', x264.join(':')] : []),
      ],
    },
  ];
}

const TEN_BITS = ['yuv420p10le'];

/** As both encoders take it: in 1/50000 and in 1/10000 cd/m². ITU-T H.265, D.3.28 */
function displayIn({ red, green, blue, white, darkest, brightest }: NonNullable<LightFacts['display']>): string {
  const at = ({ x, y }: Point) => `(${Math.round(x * 50_000)},${Math.round(y * 50_000)})`;
  const [most, least] = [brightest, darkest].map((light) => Math.round(light * 10_000));
  return `G${at(green)}B${at(blue)}R${at(red)}WP${at(white)}L(${most},${least})`;
}
