import { topLevelBoxes } from './boxes.ts';
import type { Encoder } from './encoders.ts';
import { probeOwn } from './probe.ts';
import { seconds } from './report.ts';

/** Looks at a file that FFmpeg says it wrote, before anybody relies on it. `fault` says what is wrong with it. */
export async function verify(
  ffprobe: string,
  path: string,
  { container }: Encoder,
  frames: number,
  signal: AbortSignal,
): Promise<{ durationSeconds: number; fault?: string }> {
  const report = await probeOwn(ffprobe, path, signal);
  const video = report?.streams.find(({ codec_type }) => codec_type === 'video');
  if (!video) return { durationSeconds: 0, fault: 'no video stream in the output' };
  const durationSeconds = seconds(report?.format?.duration) ?? 0;
  if (durationSeconds === 0) return { durationSeconds, fault: 'no duration in the output' };
  // AVI counts the gaps of uneven frame rates, too.
  if (container === 'avi') return { durationSeconds };
  if (Number(video.nb_frames) !== frames) {
    return { durationSeconds, fault: `${video.nb_frames} frames in the output, ${frames} encoded` };
  }
  const boxes = await topLevelBoxes(path);
  if (!boxes?.includes('moov') || boxes.indexOf('moov') > boxes.indexOf('mdat')) {
    return { durationSeconds, fault: `boxes in the order ${boxes?.join(' ')}` };
  }
  return { durationSeconds };
}
