import type { Profile } from './profile.ts';

/** Per channel: OpenCV's `convertScaleAbs(alpha=1.2, beta=10)`, which rounds half to even; no tie occurs here. */
const CONTRAST = 'clip(floor(1.2*val+10.5),0,255)';
/** OpenCV's `filter2D` with the 3×3 sharpening kernel. */
const SHARPEN = '-1 -1 -1 -1 9 -1 -1 -1 -1';

/**
 * The fixed formula that others apply to every video, exact to the sample with OpenCV on 8-bit BGR frames. The padding
 * gives the right and bottom border OpenCV's default treatment (reflection without the edge), which FFmpeg 5.1's
 * `convolution` lacks.
 */
export const classic: Profile = {
  name: 'classic',
  summary: 'Strong contrast and sharpening by a fixed formula, the same for every video.',
  plan: ({ color }) => ({
    graph: [
      'format=bgr24',
      'format=gbrp',
      `lutrgb=r='${CONTRAST}':g='${CONTRAST}':b='${CONTRAST}'`,
      'pad=iw+1:ih+1:0:0',
      'fillborders=right=1:bottom=1:mode=reflect',
      `convolution='${SHARPEN}:${SHARPEN}:${SHARPEN}:${SHARPEN}:1:1:1:1:0:0:0:0'`,
      'crop=iw-1:ih-1:0:0:exact=1',
      'format=bgr24',
      'format=yuv420p',
    ].join(','),
    color,
  }),
};
