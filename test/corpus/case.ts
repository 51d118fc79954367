import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import type { Rgb } from './chart.ts';

const exec = promisify(execFile);

/** Where a file of the corpus is made. */
export interface Kitchen {
  folder: string;
  /** The chart as an input of FFmpeg, numbered frames at this rate. */
  chart(rate?: string): string[];
  /** Runs FFmpeg quietly, and overwrites. */
  ffmpeg(...args: string[]): Promise<void>;
}

/** One oddity that people upload, and what has to come out. */
export interface Case {
  /** The file's name. */
  name: string;
  /** What is odd about it, in a few words. */
  about: string;
  /** Also part of the fast run. */
  fast?: boolean;
  /** Encoders without which it cannot be made. */
  needs?: string[];
  /** Arguments after the options that all share; the path of the output is added. Or what makes the file at this path. */
  make: (kitchen: Kitchen, path: string) => string[] | Promise<void>;
  /** Asked for in high dynamic range. */
  keepHdr?: boolean;
  /** Refused, with a code and in words. */
  refused?: { code: string; words: RegExp };
  /** What the interlacing of the pictures is found to be, where it matters. */
  interlacing?: { order: 'tff' | 'bff' | 'progressive'; confidence: number };
  expect?: Expected;
}

/** What must come out, beside what must come out of every file. */
export interface Expected {
  /** Pictures; else as many as FFmpeg decodes of the source. */
  frames?: number;
  /** Their numbers, in order; else what FFmpeg decodes of the source. `null`: they cannot be read. */
  numbers?: number[] | null;
  /** Seconds from the first picture to each; else the source's. `null`: the source's are wrong. */
  times?: number[] | null;
  /** The codec and the format of its pixels: H.264 in 8 bits where nothing is said. */
  coded?: { codec_name: string; pix_fmt: string; codec_tag_string?: string };
  /** Seconds from the first picture to the end of the last. */
  lasts?: number;
  width?: number;
  height?: number;
  sampleAspect?: string;
  /** The colours in the corners, clockwise from the top left: `rgyb` stands upright. `null`: not the chart. */
  corners?: string | null;
  tags?: Partial<Record<'color_space' | 'color_primaries' | 'color_transfer' | 'color_range', string | undefined>>;
  /** The chart's patches as they have to come out, and how far off they may be on average: 1 where nothing is said. */
  colors?: { mean?: number; most?: number; patches?: (color: Rgb) => Rgb } | null;
  /** How near to the source's pictures its own have to be, in dB of PSNR: where they show something else than the chart. */
  alike?: number;
  /** Channels of each sound. */
  sounds?: number[];
  languages?: (string | undefined)[];
  /** Which sound plays by itself. */
  defaultSound?: number;
  subtitles?: number;
  chapters?: number;
  /** Tags of the output, by name; undefined: not there. */
  formatTags?: Record<string, string | undefined>;
  /** What ffprobe has to tell of the output, somewhere. */
  present?: string[];
  /** Nothing of this may be anywhere in what ffprobe tells of the output. */
  absent?: string[];
  /** What the facts say stays behind. */
  dropped?: string[];
  /** Whether the job has something to tell of the source. */
  notes?: RegExp;
  /** Seconds from the first picture to the tone; else as FFmpeg takes it from the source. */
  heard?: number;
  /** Whether sound can be compared: not where the source's own times of it are wrong. */
  inStep?: boolean;
}

export function kitchenIn(folder: string, chart: Kitchen['chart']): Kitchen {
  return {
    folder,
    chart,
    ffmpeg: async (...args) => {
      await exec(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args], { timeout: 60_000 });
    },
  };
}

/** Frames of RGB as YUV with this matrix and range, by a converter that the product does not use for it. */
export function yuv(format: string, matrix = '170m', range: 'tv' | 'pc' = 'tv', tags = ''): string {
  const zscale = `zscale=min=gbr:rin=pc:m=${matrix}:r=${range === 'tv' ? 'limited' : 'full'}:c=left:d=none`;
  return [`format=gbrp`, zscale, `format=${format}`, ...(tags ? [`setparams=${tags}`] : [])].join(',');
}

/** Neither matrix nor anything else is said. */
export const UNTAGGED = 'colorspace=unknown:color_primaries=unknown:color_trc=unknown';
export const BT709 = 'colorspace=bt709:color_primaries=bt709:color_trc=bt709';

export const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '12'];

/** A second of untagged 8-bit 4:2:0: what there is nothing odd about. */
export const PLAIN = ['-vf', yuv('yuv420p', '170m', 'tv', UNTAGGED), '-frames:v', '25'];

/** A tone between 0.4 and 0.6 s, by whose beginning sound and picture are compared. */
export function beep(seconds = 1, channels = 1): string[] {
  const wave = 'if(between(t,0.4,0.6),0.5*sin(2*PI*1000*t),0)';
  const all = Array.from({ length: channels }, () => wave).join('|');
  return ['-f', 'lavfi', '-i', `aevalsrc=exprs='${all}':duration=${seconds}:sample_rate=48000`];
}
