/** One way in which videos are bad, made on purpose: FFmpeg's filters on the clean pictures, and how they are coded. */
export interface Damage {
  kind: Kind;
  /** 1 as one often meets it, 2 as bad as one still would want mended. */
  strength: 1 | 2;
  filters: string[];
  /** How the upload is coded. Near-lossless unless coding is the damage. */
  coding?: string[];
  /** Every other picture of the clean clip is what this one is to be compared with. */
  halfRate?: true;
}

export const KINDS = [
  'clean',
  'dark',
  'washed out',
  'noise',
  'blur',
  'cast',
  'blocky',
  'interlaced',
  'dark + noise',
  'washed out + cast',
  'noise + blocky',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a good camera leaves: some 48 dB. */
export const UPLOAD = ['-c:v', 'libx264', '-preset', 'medium', '-crf', '12', '-pix_fmt', 'yuv420p'];
/** As an old camera or a first-generation web video. */
const mpeg4 = (quantizer: number) => ['-c:v', 'mpeg4', '-q:v', String(quantizer), '-g', '25', '-pix_fmt', 'yuv420p'];
const h264 = (crf: number) => ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', String(crf), '-pix_fmt', 'yuv420p'];

const RGB = ['scale=flags=bicubic+accurate_rnd+full_chroma_int', 'format=gbrp'];
const YUV = ['scale=flags=bicubic+accurate_rnd+full_chroma_int', 'format=yuv420p'];

/** Too little light by so many stops: a factor on what BT.709's curve makes of light, undone and done again. */
function underexposed(stops: number): string[] {
  const light = 'if(lt(val,20.7),val/255/4.5,pow((val/255+0.099)/1.099,1/0.45))';
  const less = `(${light})*${2 ** -stops}`;
  const level = `0.5+255*if(lt(${less},0.018),4.5*(${less}),1.099*pow(${less},0.45)-0.099)`;
  return [...RGB, `lutrgb=r='${level}':g='${level}':b='${level}'`, ...YUV];
}

/** Haze, a flat picture profile, a faded print: less contrast around a lifted black, and paler. */
function washedOut(contrast: number, lift: number): string[] {
  const level = `0.5+val*${contrast}+${lift}`;
  return [...RGB, `lutrgb=r='${level}':g='${level}':b='${level}'`, ...YUV];
}

/** A camera whose white is that of other light: it weighs the channels wrongly, in light itself. */
function cast(red: number, green: number, blue: number): string[] {
  const level = (gain: number) => `clip(0.5+val*${gain},0,255)`;
  return [...RGB, `lutrgb=r='${level(red)}':g='${level(green)}':b='${level(blue)}'`, ...YUV];
}

/** Of the sensor: another in every picture. Made where it arises, before the camera's own coding. */
function noise(sigma: number, seed: number): string[] {
  // FFmpeg's strength is not σ: measured, it is 1.3 to 1.6 times as much.
  return [
    `noise=c0s=${sigma}:c0f=t:c1s=${Math.round(sigma * 0.6)}:c1f=t:c2s=${Math.round(sigma * 0.6)}:c2f=t:all_seed=${seed}`,
  ];
}

/** One field from each picture, so that half as many come out. */
const interlaced = (order: 'top' | 'bottom') => [`tinterlace=mode=interleave_${order}`];
const fields = (order: 'tff' | 'bff') => [...UPLOAD, '-flags', '+ildct+ilme', '-x264-params', `${order}=1`];

export const DAMAGES: Damage[] = [
  { kind: 'clean', strength: 1, filters: [] },
  { kind: 'dark', strength: 1, filters: underexposed(1.5) },
  { kind: 'dark', strength: 2, filters: underexposed(2.5) },
  { kind: 'washed out', strength: 1, filters: washedOut(0.65, 45) },
  { kind: 'washed out', strength: 2, filters: washedOut(0.45, 70) },
  { kind: 'noise', strength: 1, filters: noise(8, 1) },
  { kind: 'noise', strength: 2, filters: noise(16, 2) },
  { kind: 'blur', strength: 1, filters: ['gblur=sigma=1'] },
  { kind: 'blur', strength: 2, filters: ['gblur=sigma=1.8'] },
  { kind: 'cast', strength: 1, filters: cast(1.1, 1, 0.85) },
  { kind: 'cast', strength: 2, filters: cast(0.78, 0.95, 1.15) },
  { kind: 'blocky', strength: 1, filters: [], coding: mpeg4(12) },
  { kind: 'blocky', strength: 2, filters: [], coding: mpeg4(24) },
  { kind: 'interlaced', strength: 1, filters: interlaced('top'), coding: fields('tff'), halfRate: true },
  { kind: 'interlaced', strength: 2, filters: interlaced('bottom'), coding: fields('bff'), halfRate: true },
  { kind: 'dark + noise', strength: 1, filters: [...underexposed(1.5), ...noise(5, 3)] },
  { kind: 'dark + noise', strength: 2, filters: [...underexposed(2.2), ...noise(8, 4)] },
  { kind: 'washed out + cast', strength: 1, filters: [...cast(1.08, 1, 0.88), ...washedOut(0.65, 45)] },
  { kind: 'washed out + cast', strength: 2, filters: [...washedOut(0.5, 60), ...cast(0.85, 0.97, 1.12)] },
  { kind: 'noise + blocky', strength: 1, filters: noise(8, 5), coding: h264(26) },
  { kind: 'noise + blocky', strength: 2, filters: noise(14, 6), coding: mpeg4(10) },
];
