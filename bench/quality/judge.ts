import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ffmpegRun } from './ffmpeg.ts';

export interface Scores {
  /** VMAF that gives nothing for contrast and sharpness beyond the original's. 0 to 100 */
  vmaf: number;
  ssim: number;
  /** Of luma, in dB, by the mean of the pictures' squared errors; 60 where nothing differs. */
  psnr: number;
  /** Mean change from picture to picture of the mean luma, beyond what changes in the original: in levels. */
  flicker: number;
}

const MOST = 60;

/** Of originals, which many are compared with. */
const known = new Map<string, Brightness[]>();

/** Compares two videos picture by picture. */
export async function judge(
  ffmpeg: string,
  { path, original, every, folder }: { path: string; original: string; every: 1 | 2; folder: string },
): Promise<Scores> {
  const log = 'vmaf.json';
  const select = every === 2 ? `select='not(mod(n,2))',` : '';
  // Counted, not timed: by times that are rounded, now and then a picture would be compared with its neighbour.
  const filter = [
    `[0:v]settb=1/25,setpts=N,format=yuv420p[is]`,
    `[1:v]${select}settb=1/25,setpts=N,format=yuv420p[was]`,
    `[is][was]libvmaf=model=version=vmaf_v0.6.1neg:feature=name=psnr|name=float_ssim:n_threads=2:log_fmt=json:log_path=${log}`,
  ].join(';');
  await ffmpegRun(ffmpeg, ['-i', path, '-i', original, '-lavfi', filter, '-f', 'null', '-'], folder);
  const report = JSON.parse(await readFile(join(folder, log), 'utf8')) as {
    frames: { metrics: Record<string, number> }[];
    pooled_metrics: Record<string, { mean: number }>;
  };
  const errors = report.frames.map(({ metrics }) => 10 ** (-(metrics.psnr_y ?? 0) / 10));
  const is = await brightness(ffmpeg, path, 1);
  const was = await (known.get(`${original} ${every}`) ?? brightness(ffmpeg, original, every));
  known.set(`${original} ${every}`, was);
  return {
    vmaf: report.pooled_metrics.vmaf?.mean ?? 0,
    ssim: report.pooled_metrics.float_ssim?.mean ?? 0,
    psnr: Math.min(MOST, -10 * Math.log10(mean(errors))),
    flicker: residual(is, was),
  };
}

interface Brightness {
  mean: number;
  /** Between the darkest and the brightest tenth. */
  contrast: number;
}

/** Of each picture's luma. */
async function brightness(ffmpeg: string, path: string, every: 1 | 2): Promise<Brightness[]> {
  const select = every === 2 ? `select='not(mod(n,2))',` : '';
  const filter = `${select}signalstats,metadata=print:file=-`;
  const printed = await ffmpegRun(ffmpeg, ['-i', path, '-vf', filter, '-fps_mode', 'passthrough', '-f', 'null', '-']);
  const all = (name: string) =>
    [...printed.matchAll(new RegExp(`\\.${name}=([\\d.]+)`, 'g'))].map(([, value]) => Number(value));
  const [means, lows, highs] = [all('YAVG'), all('YLOW'), all('YHIGH')];
  return means.map((mean, i) => ({ mean, contrast: Math.max((highs[i] ?? 0) - (lows[i] ?? 0), 1) }));
}

/**
 * What of the changes in brightness the original's do not explain. In levels of a picture of the original's contrast: a
 * video that is flat, or dark, flickers as visibly by less.
 */
function residual(is: Brightness[], was: Brightness[]): number {
  const contrast = mean(was.map(({ contrast }) => contrast));
  const steps = (values: Brightness[]) => {
    const scale = contrast / mean(values.map(({ contrast }) => contrast));
    return values.slice(1).map(({ mean }, i) => scale * (mean - (values[i]?.mean ?? 0)));
  };
  const expected = steps(was);
  return mean(steps(is).map((value, i) => Math.abs(value - (expected[i] ?? 0))));
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
