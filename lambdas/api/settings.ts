import { required } from '../../adapters/from-environment.ts';
import { DEFAULT_MAX_UPLOAD } from '../../core/upload-plan.ts';

export interface ApiSettings {
  version: string;
  /** Origins that browsers may call from; `*` for any. */
  allowedOrigins: string[];
  /** Bytes. */
  maxUpload: number;
}

export function settingsFromEnvironment(): ApiSettings {
  return {
    version: process.env.REELIGHT_VERSION ?? 'development',
    allowedOrigins: required('ALLOWED_ORIGINS').split(','),
    maxUpload: Number(process.env.MAX_UPLOAD_BYTES) || DEFAULT_MAX_UPLOAD,
  };
}
