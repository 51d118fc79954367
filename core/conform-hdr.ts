import { BadInput } from './errors.ts';
import type { ColorTags, VideoFacts } from './media.ts';
import type { Finding } from './report.ts';

/**
 * In cd/m²: how bright HDR shows a white sheet of paper, and what becomes the white of standard range. Below the knee,
 * then, pictures look as a standard camera would have made them. ITU-R BT.2408, table 1
 */
const REFERENCE_WHITE = 203;
/** The brightest, where nobody says: what most is graded for, and what HLG means by its top (BT.2100). */
const USUAL_PEAK = 1000;
/**
 * Share of white up to which light stays what it is; from there to the peak it is rolled off. Half of white's light is
 * 75 % of its signal: skin and most of a picture lie below, and a quarter of the scale is left for lights and skies.
 */
const KNEE = 0.5;

const STANDARD: ColorTags = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', range: 'tv' };

const NAMES = { pq: 'HDR10', hlg: 'HLG' };
const TRANSFERS = { pq: 'smpte2084', hlg: 'arib-std-b67' };

/**
 * HDR10 and HLG in standard range and BT.709, in linear light: undefined for what is standard already. Of the curves
 * that FFmpeg has, `mobius` alone leaves what is below its knee untouched; `hable` and `reinhard` darken or flatten
 * everything to make room for the highlights. Dolby Vision is shown by the HDR10, HLG or standard pictures under it.
 *
 * @throws BadInput `unsupported` where there are none under it (profile 5)
 */
export function toStandardRange(
  video: VideoFacts,
): { graph: string[]; color: ColorTags; findings: Finding[] } | undefined {
  const { hdr, color } = video;
  if (!hdr) return undefined;
  if (hdr.dolbyVision?.alone) throw onlyDolby(hdr.dolbyVision.profile);
  const peak = Math.max(hdr.peak ?? USUAL_PEAK, REFERENCE_WHITE * 1.1);
  const source = [
    `tin=${TRANSFERS[hdr.kind]}`,
    `min=${matrixOf(color)}`,
    `pin=${color.primaries ?? 'bt2020'}`,
    `rin=${color.range ?? 'tv'}`,
  ];
  return {
    graph: [
      `zscale=${source.join(':')}:t=linear:p=bt709:npl=${REFERENCE_WHITE}`,
      'format=gbrpf32le',
      `tonemap=mobius:param=${KNEE}:peak=${(peak / REFERENCE_WHITE).toFixed(3)}`,
      'zscale=t=bt709:m=bt709:p=bt709:r=tv:c=left:dither=ordered',
      'format=yuv420p',
      // What it says of HDR is not true any more.
      'sidedata=mode=delete:type=MASTERING_DISPLAY_METADATA',
      'sidedata=mode=delete:type=CONTENT_LIGHT_LEVEL',
    ],
    color: STANDARD,
    findings: [finding(NAMES[hdr.kind], hdr.peak, peak)],
  };
}

/** Constant luminance is defined for one transfer, which is no HDR's: who says so means the other matrix of BT.2020. */
function matrixOf({ matrix }: ColorTags): string {
  return !matrix || matrix === 'bt2020c' ? 'bt2020nc' : matrix;
}

function finding(name: string, said: number | null, peak: number): Finding {
  const bright = said ? `, up to ${Math.round(said)} cd/m²` : '';
  return {
    subject: 'dynamic_range',
    verdict: 'mended',
    found: `The video is in high dynamic range (${name}${bright}), which most screens cannot show.`,
    done: 'It was brought to standard range: highlights are rolled off, the rest is as bright as it was meant to be.',
    confidence: 1,
    values: { peak_nits: Math.round(peak), reference_white_nits: REFERENCE_WHITE, knee: KNEE },
  };
}

function onlyDolby(profile: number): BadInput {
  return new BadInput(
    'unsupported',
    `This video is in Dolby Vision profile ${profile}, whose colours only a Dolby decoder can read: export it as HDR10, HLG or standard video.`,
  );
}
