import { DEFAULT_SOURCE_LIMITS, type SourceLimits } from './source-limits.ts';
import { DEFAULT_USE_LIMITS, type UseLimits } from './use-limits.ts';

type Environment = Record<string, string | undefined>;

/** What a video may be, by the environment of whoever looks at it. The stacks set it from one file. */
export function sourceLimitsOf(env: Environment): SourceLimits {
  return {
    seconds: positive(env.MAX_DURATION_SECONDS) ?? DEFAULT_SOURCE_LIMITS.seconds,
    pixels: positive(env.MAX_PIXELS) ?? DEFAULT_SOURCE_LIMITS.pixels,
    frameRate: positive(env.MAX_FRAME_RATE) ?? DEFAULT_SOURCE_LIMITS.frameRate,
  };
}

/** How much may be begun, by the environment of whoever begins it. */
export function useLimitsOf(env: Environment): UseLimits {
  return {
    uploadsPerHour: positive(env.MAX_UPLOADS_PER_HOUR) ?? DEFAULT_USE_LIMITS.uploadsPerHour,
    videosInFlight: positive(env.MAX_VIDEOS_IN_FLIGHT) ?? DEFAULT_USE_LIMITS.videosInFlight,
  };
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
