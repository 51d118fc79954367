import type { SourceFacts, VideoFacts } from '../core/media.ts';

/** The facts of a silent H.264 clip of one second without a single oddity, but for the changes. */
export function plainFacts(changes: Partial<VideoFacts> = {}): SourceFacts {
  return {
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    video: {
      index: 0,
      codec: 'h264',
      width: 320,
      height: 180,
      color: { matrix: null, primaries: null, transfer: null, range: null },
      pixelFormat: 'yuv420p',
      pixels: { bitDepth: 8, model: 'yuv', chroma: '4:2:0', alpha: false },
      orientation: { rotation: 0, mirrored: false },
      sampleAspect: { num: 1, den: 1 },
      frameRate: 25,
      variable: false,
      fieldOrder: null,
      hdr: null,
      start: 0,
      ...changes,
    },
    audio: null,
    sounds: [],
    subtitles: [],
    chapters: 0,
    tags: {},
    duration: 1,
    start: 0,
    dropped: [],
  };
}
