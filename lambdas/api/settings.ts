import { sourceLimitsOf } from '../../core/limits-of.ts';
import type { SourceLimits } from '../../core/source-limits.ts';
import { DEFAULT_MAX_UPLOAD } from '../../core/upload-plan.ts';

export interface ApiSettings {
  version: string;
  /** Bytes. */
  maxUpload: number;
  /** What a video may be; told here, held by whoever reads its header. */
  source: SourceLimits;
  /** Whether people sign in, and see their own alone. */
  signIn: boolean;
}

export function settingsFromEnvironment(): ApiSettings {
  return {
    version: process.env.REELIGHT_VERSION ?? 'development',
    maxUpload: Number(process.env.MAX_UPLOAD_BYTES) || DEFAULT_MAX_UPLOAD,
    source: sourceLimitsOf(process.env),
    signIn: process.env.SIGN_IN === 'oidc',
  };
}
