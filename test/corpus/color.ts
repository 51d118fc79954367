import { boxed } from './boxed.ts';
import { type Case, type Expected, UNTAGGED, X264, yuv } from './case.ts';
import type { Rgb } from './chart.ts';
import { throughHdr } from './hdr.ts';

const BT601 = 'colorspace=smpte170m:color_primaries=smpte170m:color_trc=smpte170m';
const PAL = 'colorspace=bt470bg:color_primaries=bt470bg:color_trc=bt470bg';
const BT709 = 'colorspace=bt709:color_primaries=bt709:color_trc=bt709';
const BT2020 = 'colorspace=bt2020nc:color_primaries=bt2020:color_trc=bt2020-10';

const tagged = (matrix: string, primaries = matrix, transfer = matrix): NonNullable<Expected['tags']> => ({
  color_space: matrix,
  color_primaries: primaries,
  color_transfer: transfer,
});
const untagged: NonNullable<Expected['tags']> = {
  color_space: undefined,
  color_primaries: undefined,
  color_transfer: undefined,
};

const HALF = "geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a=512";
const REALTIME = ['-auto-alt-ref', '0', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2M'];
const lossless = ['-c:v', 'ffv1'];
const SECOND = ['-frames:v', '25'];

/** The chart in this form. */
function as(
  name: string,
  about: string,
  graph: string,
  codec: string[],
  expected: Expected = {},
  more: Partial<Case> = {},
): Case {
  return {
    name,
    about,
    make: ({ chart }) => [...chart(), ...SECOND, '-vf', graph, ...codec],
    expect: { ...expected },
    ...more,
  };
}

/** Patches of bars as HDR shows them: from light that the test works out by the standard's own formulas. */
const hdrColors: Expected['colors'] = { mean: 3, most: 8, patches: throughHdr };

/** High dynamic range as it is; its colours are no standard ones. */
const asHdr: Expected = {
  coded: { codec_name: 'hevc', pix_fmt: 'yuv420p10le', codec_tag_string: 'hvc1' },
  colors: null,
  corners: null,
};

const hdr = (transfer: string) => [
  'format=gbrp,setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=pc',
  'zscale=t=linear:npl=203,format=gbrpf32le',
  `zscale=t=${transfer}:p=2020:m=2020_ncl:r=tv:npl=203:c=left`,
  'format=yuv420p10le',
];
const PQ = hdr('smpte2084').join(',');
const HLG = hdr('arib-std-b67').join(',');
const x265 = (parameters: string) => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '12', '-tag:v', 'hvc1'],
  ...['-x265-params', `log-level=error:${parameters}`],
];
const PQ_SIGNS = 'colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited';

export const color: Case[] = [
  as(
    'bt601.mp4',
    'BT.601, and says so',
    yuv('yuv420p', '170m', 'tv', BT601),
    X264,
    { tags: tagged('smpte170m') },
    { fast: true },
  ),
  as('pal.mp4', 'BT.601 as in PAL', yuv('yuv420p', '470bg', 'tv', PAL), X264, {
    tags: tagged('bt470bg'),
  }),
  as(
    'bt709.mp4',
    'BT.709, and says so',
    yuv('yuv420p', '709', 'tv', BT709),
    X264,
    { tags: tagged('bt709') },
    { fast: true },
  ),
  as(
    'untagged.mp4',
    'says nothing of its colours',
    yuv('yuv420p', '170m', 'tv', UNTAGGED),
    X264,
    { tags: untagged },
    { fast: true },
  ),
  as(
    'bt2020.mp4',
    'BT.2020 in standard range, 10-bit',
    yuv('yuv420p10le', '2020_ncl', 'tv', BT2020),
    x265('colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc'),
    { tags: tagged('bt2020nc', 'bt2020', 'bt2020-10') },
    { needs: ['libx265'] },
  ),
  as(
    'full-range.mp4',
    'full range',
    yuv('yuv420p', '709', 'pc', `${BT709}:range=pc`),
    X264,
    { tags: { ...tagged('bt709'), color_range: 'tv' } },
    { fast: true },
  ),
  as(
    'full-range-untagged.mp4',
    'full range, and no other tag',
    yuv('yuvj420p', '170m', 'pc', `${UNTAGGED}:range=pc`),
    X264,
    { tags: untagged },
  ),
  as(
    'ten-bit.mp4',
    '10-bit H.264',
    yuv('yuv420p10le', '709', 'tv', BT709),
    X264,
    { tags: tagged('bt709') },
    { fast: true },
  ),
  as('ten-bit-422.mp4', '10-bit 4:2:2 H.264, as cameras write it', yuv('yuv422p10le', '709', 'tv', BT709), X264),
  as('twelve-bit.mkv', '12-bit 4:4:4', yuv('yuv444p12le', '709', 'tv', BT709), lossless),
  as('sixteen-bit-rgb.mkv', '16-bit RGB', 'format=gbrp16le', lossless, {
    tags: tagged('bt709', 'bt709', 'iec61966-2-1'),
  }),
  as('chroma-444.mp4', '4:4:4', yuv('yuv444p', '709', 'tv', BT709), X264),
  as('chroma-422.mp4', '4:2:2', yuv('yuv422p', '709', 'tv', BT709), X264),
  as('chroma-411.avi', '4:1:1', yuv('yuv411p', '170m', 'tv', UNTAGGED), lossless, { colors: { most: 6 } }),
  as('chroma-440.mkv', '4:4:0', yuv('yuv440p', '709', 'tv', BT709), lossless),
  as('rgb.mkv', 'RGB', 'format=gbrp', lossless, { tags: tagged('bt709', 'bt709', 'iec61966-2-1') }, { fast: true }),
  as(
    'rgb-h264.mp4',
    'RGB inside H.264',
    'format=gbrp',
    ['-c:v', 'libx264rgb', '-preset', 'ultrafast', '-crf', '10'],
    { tags: tagged('bt709', 'bt709', 'iec61966-2-1') },
    { needs: ['libx264rgb'] },
  ),
  as('gray.mkv', 'grey, without colours', 'format=gray', lossless, { colors: { patches: toGray }, corners: null }),
  as(
    'gray-h264.mp4',
    'grey inside H.264 (4:0:0)',
    `${yuv('yuv420p', '709', 'tv', BT709)},extractplanes=y,format=gray,setparams=range=tv`,
    X264,
    { colors: { patches: toGray709 }, corners: null },
  ),
  as(
    'palette.avi',
    'a palette of 256 colours',
    'format=rgb24,split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none,format=pal8',
    ['-c:v', 'rawvideo', '-pix_fmt', 'pal8'],
    { colors: { mean: 3, most: 8 } },
  ),
  as(
    'alpha-rgb.mov',
    'half transparent RGB: over black',
    'format=rgba,colorchannelmixer=aa=0.5',
    ['-c:v', 'png'],
    { colors: { patches: half }, numbers: null, corners: null },
    { fast: true },
  ),
  as(
    'alpha-prores.mov',
    'ProRes 4444 with transparency',
    `${yuv('yuv444p10le', '709', 'tv', BT709)},format=yuva444p10le,${HALF}`,
    ['-c:v', 'prores_ks', '-profile:v', '4444', '-alpha_bits', '16'],
    { colors: { patches: half, mean: 3 }, numbers: null, corners: null },
  ),
  ...(['vp8', 'vp9'] as const).map((codec) =>
    as(
      `alpha-${codec}.webm`,
      `a WebM with transparency, in ${codec.toUpperCase()}`,
      `${yuv('yuv420p', '709', 'tv', BT709)},format=yuva420p,${HALF.replace('512', '128')}`,
      [...['-c:v', codec === 'vp8' ? 'libvpx' : 'libvpx-vp9'], ...REALTIME],
      { colors: { patches: half, mean: 3, most: 12 }, numbers: null, corners: null },
      { needs: [codec === 'vp8' ? 'libvpx' : 'libvpx-vp9'], fast: codec === 'vp9' },
    ),
  ),
  as(
    'hdr10.mp4',
    'HDR10, graded to 1000 cd/m² and saying so',
    PQ,
    x265(`${PQ_SIGNS}:hdr10=1:repeat-headers=1:max-cll=1000,400`),
    { tags: tagged('bt709'), colors: hdrColors },
    { needs: ['libx265'], fast: true },
  ),
  as(
    'hdr10-silent.mkv',
    'PQ that does not say how bright it gets',
    PQ,
    x265(PQ_SIGNS),
    { tags: tagged('bt709'), colors: hdrColors },
    { needs: ['libx265'] },
  ),
  as(
    'hdr10-other-matrix.mp4',
    'PQ that names the matrix for constant luminance, which it cannot have',
    PQ,
    x265(PQ_SIGNS.replace('bt2020nc', 'bt2020c')),
    { tags: tagged('bt709'), colors: hdrColors },
    { needs: ['libx265'] },
  ),
  as(
    'hdr10-vp9.webm',
    'HDR10 in VP9',
    PQ,
    ['-c:v', 'libvpx-vp9', '-profile:v', '2', '-deadline', 'realtime', '-cpu-used', '8', '-crf', '15', '-b:v', '0'],
    { tags: tagged('bt709'), colors: { ...hdrColors, mean: 4 } },
    { needs: ['libvpx-vp9'] },
  ),
  as(
    'hlg.mp4',
    'HLG',
    HLG,
    x265('colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:range=limited'),
    { tags: tagged('bt709'), colors: hdrColors },
    { needs: ['libx265'], fast: true },
  ),
  {
    name: 'hdr10-boxes.mp4',
    about: 'HDR10 that says in the header how bright it gets, which must not stay there',
    needs: ['libx265'],
    make: (kitchen, path) => boxed(kitchen, path, ['-vf', PQ, ...x265(PQ_SIGNS)], 'hvc1', contentLight(1000, 400)),
    expect: { tags: tagged('bt709'), colors: hdrColors, absent: ['Content light', 'max_content'] },
  },
  {
    name: 'hdr10-kept.mp4',
    about: 'HDR10 that says how bright it gets, to be kept',
    needs: ['libx265'],
    fast: true,
    keepHdr: true,
    make: (kitchen, path) => boxed(kitchen, path, ['-vf', PQ, ...x265(PQ_SIGNS)], 'hvc1', contentLight(1000, 400)),
    expect: {
      ...asHdr,
      tags: { ...tagged('bt2020nc', 'bt2020', 'smpte2084'), color_range: 'tv' },
      present: ['"max_content":1000'],
    },
  },
  as(
    'hlg-kept.mp4',
    'HLG, to be kept',
    HLG,
    x265('colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:range=limited'),
    { ...asHdr, tags: { ...tagged('bt2020nc', 'bt2020', 'arib-std-b67'), color_range: 'tv' } },
    { needs: ['libx265'], fast: true, keepHdr: true },
  ),
  {
    name: 'dolby-vision-5.mp4',
    about: 'Dolby Vision profile 5, which has no other pictures under it',
    needs: ['libx265'],
    make: (kitchen, path) => boxed(kitchen, path, ['-vf', yuv('yuv420p10le'), ...x265('')], 'hvc1', dolbyVision(5, 0)),
    refused: { code: 'unsupported', words: /Dolby Vision profile 5/ },
  },
  {
    name: 'dolby-vision-8.mp4',
    about: 'Dolby Vision profile 8.4: HLG lies under it',
    needs: ['libx265'],
    make: (kitchen, path) =>
      boxed(
        kitchen,
        path,
        ['-vf', HLG, ...x265('colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc')],
        'hvc1',
        dolbyVision(8, 4),
      ),
    expect: { tags: tagged('bt709'), colors: hdrColors },
  },
];

/** A box of an MP4's header. */
function box(type: string, content: number[]): Buffer {
  const bytes = Buffer.alloc(8 + content.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  return bytes;
}

/** The brightest pixel and the brightest picture on average, in cd/m². ISO/IEC 14496-12, 12.1.7 */
function contentLight(most: number, average: number): Buffer {
  return box('clli', [most >> 8, most & 0xff, average >> 8, average & 0xff]);
}

/** BT.601's luma, which is what FFmpeg's `gray` takes. */
function toGray([r, g, b]: Rgb): Rgb {
  const y = 0.299 * r + 0.587 * g + 0.114 * b;
  return [y, y, y];
}

function toGray709([r, g, b]: Rgb): Rgb {
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [y, y, y];
}

function half([r, g, b]: Rgb): Rgb {
  return [r / 2, g / 2, b / 2];
}

/** A configuration record, of this profile and with what lies under it. Dolby Vision Streams Within ISOBMFF, 3.2 */
function dolbyVision(profile: number, compatible: number): Buffer {
  const record = Buffer.alloc(24);
  record.writeUInt8(1, 0);
  // Profile, level 1, and that there is metadata, no enhancement layer, and a base layer.
  record.writeUInt16BE((profile << 9) | (1 << 3) | 0b101, 2);
  record.writeUInt8(compatible << 4, 4);
  return box(profile > 7 ? 'dvvC' : 'dvcC', [...record]);
}
