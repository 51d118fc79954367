import { join } from 'node:path';
import { type Clip, fileOf, WIDTH } from './clips.ts';
import { type Damage, UPLOAD } from './damages.ts';
import { ffmpegRun } from './ffmpeg.ts';

/** The clean pictures of a clip, without loss: what all is compared with. */
export async function original(
  ffmpeg: string,
  clip: Clip,
  { packages, folder, frames }: { packages: string; folder: string; frames: number },
): Promise<string> {
  const path = join(folder, `original-${clip.name}.mp4`);
  // Never larger than they are: enlarging makes a clip soft. Fields of 4:2:0 need rows by fours. One clip is full range.
  const filters = `scale='min(${WIDTH},iw)':-2:flags=lanczos:out_range=tv,crop=iw:trunc(ih/4)*4,setsar=1,setpts=N/25/TB,format=yuv420p`;
  const lossless = ['-r', '25', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0'];
  const input = ['-ss', String(clip.at), '-i', fileOf(clip, packages)];
  await ffmpegRun(ffmpeg, [...input, '-an', '-vf', filters, '-frames:v', String(frames), ...lossless, path]);
  return path;
}

/** The damaged clip as somebody would upload it. */
export async function upload(ffmpeg: string, original: string, damage: Damage, folder: string): Promise<string> {
  const path = join(folder, 'upload.mp4');
  const filters = damage.filters.length > 0 ? ['-vf', damage.filters.join(',')] : [];
  await ffmpegRun(ffmpeg, ['-i', original, ...filters, ...(damage.coding ?? UPLOAD), path]);
  return path;
}
