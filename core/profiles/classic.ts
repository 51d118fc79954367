import type { ColorTags } from '../media.ts';
import { MATRICES } from './matrices.ts';
import type { Profile } from './profile.ts';

/** Per channel: OpenCV's `convertScaleAbs(alpha=1.2, beta=10)`, which rounds half to even; no tie occurs here. */
const CONTRAST = 'clip(floor(1.2*val+10.5),0,255)';
/** OpenCV's `filter2D` with the 3×3 sharpening kernel, the same for each plane. */
const SHARPEN = '-1 -1 -1 -1 9 -1 -1 -1 -1';

/**
 * The fixed formula that others apply to every video, exact to the sample with OpenCV on 8-bit BGR frames. The padding
 * gives the right and bottom border OpenCV's default treatment (reflection without the edge), which FFmpeg 5's
 * `convolution` lacks; right after the scaler it copies nothing, since that writes into pictures with room already. On
 * the way to BGR, the detour over the packed format is what OpenCV's decoder does, too.
 */
export const classic: Profile = {
  name: 'classic',
  summary: 'Strong contrast and sharpening by a fixed formula, the same for every video.',
  analyses: false,
  plan: ({ color }) => {
    const tags = outputTags(color);
    return {
      graph: [
        'scale=flags=bicubic',
        'format=bgr24',
        'scale=flags=bicubic',
        'format=gbrp',
        'pad=iw+1:ih+1:0:0',
        `lutrgb=r='${CONTRAST}':g='${CONTRAST}':b='${CONTRAST}'`,
        'fillborders=right=1:bottom=1:mode=reflect',
        `convolution='${SHARPEN}:${SHARPEN}:${SHARPEN}:${SHARPEN}:1:1:1:1:0:0:0:0'`,
        'crop=iw-1:ih-1:0:0:exact=1',
        'scale=flags=bicubic',
        'format=bgr24',
        toYuv(tags),
        'format=yuv420p',
      ].join(','),
      color: tags,
      findings: [],
    };
  },
};

/**
 * Without a matrix, the scaler uses BT.601 both ways, so colours come back as they were. From packed BGR, without more
 * flags, it takes its fast path, which OpenCV's writer takes, too: half the time of the exact one, for luma rounded down
 * instead of to the nearest level. Its last bit depends on the number of filter threads, which is fixed for that.
 */
function toYuv({ matrix }: ColorTags): string {
  const back = matrix && MATRICES[matrix];
  return `scale=${back ? `out_color_matrix=${back}:` : ''}out_range=tv:flags=bicubic`;
}

/** A source in RGB has no matrix to keep: it gets one, and says so. */
function outputTags(color: ColorTags): ColorTags {
  return { ...color, matrix: color.matrix === 'gbr' ? 'bt709' : color.matrix, range: 'tv' };
}
