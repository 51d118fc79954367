import { DEFAULT_SOURCE_LIMITS } from '../core/source-limits.ts';
import { DEFAULT_MAX_UPLOAD } from '../core/upload-plan.ts';
import { DEFAULT_USE_LIMITS } from '../core/use-limits.ts';
import { whole } from './numbers.ts';

const TiB = 1024 ** 4;
const DAY_SECONDS = 24 * 60 * 60;
/** How long a worker may be at one delivery: then the broker gives it to another. Its own half an hour is too short. */
export const LONGEST_DELIVERY_SECONDS = DAY_SECONDS / 2;

/** What bounds the bill, beside the number of workers and the firewall: part of every configuration. */
export const LIMIT_SETTINGS = {
  /** Bytes. S3 takes objects of up to 50 TB. */
  maxUploadBytes: whole(1, 45 * TiB),
  /** How long a video may be. Only its header tells, so it is refused once it is here; so with the next two. */
  maxDurationSeconds: whole(1, 7 * DAY_SECONDS),
  /** Of one picture: 8,294,400 are 4K, 35,389,440 are 8K. FFmpeg is not let above 64 megapixels. */
  maxPixels: whole(1, 8192 * 8192),
  /** Pictures a second, on average. */
  maxFrameRate: whole(1, 1_000),
  /** How long one step of the work on a video may take, whatever it is; long videos are many steps. */
  maxWorkSeconds: whole(60, LONGEST_DELIVERY_SECONDS),
  /** Begun by one client within an hour of the clock, those that are tried again among them. */
  maxUploadsPerHour: whole(1, 1_000_000),
  /** Of all clients together: from the request to upload to the end of all work. */
  maxVideosInFlight: whole(1, 1_000_000),
};

export type Limits = Record<keyof typeof LIMIT_SETTINGS, number>;

/** On one machine, where nobody pays by the hour. */
export const DEFAULT_LIMITS: Limits = {
  maxUploadBytes: DEFAULT_MAX_UPLOAD,
  maxDurationSeconds: DEFAULT_SOURCE_LIMITS.seconds,
  maxPixels: DEFAULT_SOURCE_LIMITS.pixels,
  maxFrameRate: DEFAULT_SOURCE_LIMITS.frameRate,
  maxWorkSeconds: LONGEST_DELIVERY_SECONDS,
  maxUploadsPerHour: DEFAULT_USE_LIMITS.uploadsPerHour,
  maxVideosInFlight: DEFAULT_USE_LIMITS.videosInFlight,
};

/** By what name functions and workers find each in their environment. */
const VARIABLES: Record<keyof Limits, string> = {
  maxUploadBytes: 'MAX_UPLOAD_BYTES',
  maxDurationSeconds: 'MAX_DURATION_SECONDS',
  maxPixels: 'MAX_PIXELS',
  maxFrameRate: 'MAX_FRAME_RATE',
  maxWorkSeconds: 'MAX_WORK_SECONDS',
  maxUploadsPerHour: 'MAX_UPLOADS_PER_HOUR',
  maxVideosInFlight: 'MAX_VIDEOS_IN_FLIGHT',
};

const ON_REQUEST = ['maxUploadBytes', 'maxUploadsPerHour', 'maxVideosInFlight'] as const;
const ON_SIGHT = ['maxDurationSeconds', 'maxPixels', 'maxFrameRate'] as const;

/** For whoever answers requests. */
export const limitsOnRequest = (config: Limits) => environment(config, ON_REQUEST);
/** For whoever looks at headers. */
export const limitsOnSight = (config: Limits) => environment(config, ON_SIGHT);
/** For whoever works on pictures. */
export const limitsOnWork = (config: Limits) => environment(config, [...ON_SIGHT, 'maxWorkSeconds']);

/** On one machine the environment of whoever starts it says what is to be otherwise: workers have it from there, too. */
export function limitsIn(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = Object.entries(VARIABLES).flatMap(([setting, variable]) => {
    const value = env[variable];
    return value ? [[setting, value] as const] : [];
  });
  return Object.fromEntries(given);
}

function environment(config: Limits, settings: readonly (keyof Limits)[]): Record<string, string> {
  return Object.fromEntries(settings.map((setting) => [VARIABLES[setting], String(config[setting])]));
}
