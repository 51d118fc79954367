import { DEFAULT_MAX_UPLOAD } from '../../core/upload-plan.ts';

export interface ApiSettings {
  version: string;
  /** Bytes. */
  maxUpload: number;
  /** Whether people sign in, and see their own alone. */
  signIn: boolean;
}

export function settingsFromEnvironment(): ApiSettings {
  return {
    version: process.env.REELIGHT_VERSION ?? 'development',
    maxUpload: Number(process.env.MAX_UPLOAD_BYTES) || DEFAULT_MAX_UPLOAD,
    signIn: process.env.SIGN_IN === 'oidc',
  };
}
