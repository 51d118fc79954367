import { z } from 'zod';
import { ReelightError } from '../core/errors.ts';
import { DEFAULT_LIMITS, LIMIT_SETTINGS } from './limits.ts';
import { PRESET_SETTINGS, PRESETS, type Preset, REFUSED_IN_PROD } from './presets.ts';
import { AllowedOrigins, AwsSettings, Name, RETENTION_DAYS, SETTING_NAMES, type SettingsInput } from './settings.ts';

/** The settings of a deployment are wrong. The message is one line that says which and what to do. */
export class ConfigError extends ReelightError {
  override readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super('bad_config', message, options);
  }
}

/** What `reelight.config.ts` holds: by preset, what is to be otherwise than the preset says. */
export type ConfigFile = Partial<Record<Preset, Partial<SettingsInput>>>;

/** How to deploy to AWS. The settings are described in settings.ts. */
export type AwsConfig = z.output<typeof AwsSettings> & { target: 'aws'; preset: Preset };
/** How to deploy to the emulator on one machine. */
export type EmulatorConfig = ReturnType<typeof readEmulatorConfig>;
export type Config = AwsConfig | EmulatorConfig;

/** Where the broker is, without who may use it: that is in the secret. */
const BrokerUrl = z.url({ protocol: /^amqps?$/, error: 'must be amqps://host:port/vhost' }).refine(
  (value) => {
    const { username, password } = new URL(value);
    return !username && !password;
  },
  { error: 'must not contain a user or a password: they belong in the secret that brokerSecretArn names' },
);

const secretArn = z
  .string()
  .regex(/^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$/, 'must be the ARN of a Secrets Manager secret');

const EmulatorSettings = z
  .strictObject({
    target: z.literal('emulator'),
    name: Name.default('reelight'),
    auth: z.enum(['none', 'oidc'], { error: 'must be none or oidc' }).default('none'),
    /** On one machine, issuers without TLS will do. */
    oidcIssuer: z.url({ protocol: /^https?$/, error: 'must be the address of an issuer' }).optional(),
    oidcClientId: z.string().min(1).optional(),
    /** Where the key is that says who may have which file. */
    signingSecretArn: secretArn.optional(),
    allowedOrigins: AllowedOrigins.default(['*']),
    maxUploadBytes: LIMIT_SETTINGS.maxUploadBytes.default(DEFAULT_LIMITS.maxUploadBytes),
    maxDurationSeconds: LIMIT_SETTINGS.maxDurationSeconds.default(DEFAULT_LIMITS.maxDurationSeconds),
    maxPixels: LIMIT_SETTINGS.maxPixels.default(DEFAULT_LIMITS.maxPixels),
    maxFrameRate: LIMIT_SETTINGS.maxFrameRate.default(DEFAULT_LIMITS.maxFrameRate),
    maxWorkSeconds: LIMIT_SETTINGS.maxWorkSeconds.default(DEFAULT_LIMITS.maxWorkSeconds),
    maxUploadsPerHour: LIMIT_SETTINGS.maxUploadsPerHour.default(DEFAULT_LIMITS.maxUploadsPerHour),
    maxVideosInFlight: LIMIT_SETTINGS.maxVideosInFlight.default(DEFAULT_LIMITS.maxVideosInFlight),
    logRetentionDays: z.coerce
      .number()
      .pipe(z.literal(RETENTION_DAYS, { error: `must be one of ${RETENTION_DAYS.join(', ')}` }))
      .default(30),
    brokerUrl: BrokerUrl.optional(),
    brokerSecretArn: secretArn.optional(),
    /** Where the emulator listens. */
    emulatorUrl: z.url({ protocol: /^https?$/, error: 'must be http://host:port' }).default('http://localhost:4566'),
    /** The emulator runs functions on the machine itself, so they use its FFmpeg; without a path, the one on PATH. */
    ffmpegPath: z.string().min(1).optional(),
    ffprobePath: z.string().min(1).optional(),
    /** What is deployed, as its deployer names it: comes back as an output, so that it can tell what is there. */
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')
      .optional(),
  })
  .refine((settings) => !settings.brokerUrl === !settings.brokerSecretArn, {
    path: ['brokerSecretArn'],
    error: 'must be given together with brokerUrl',
  })
  .refine(
    ({ auth, oidcIssuer, oidcClientId, signingSecretArn }) =>
      [oidcIssuer, oidcClientId, signingSecretArn].every((value) => !value === (auth === 'none')),
    {
      path: ['auth'],
      error: 'must be oidc together with oidcIssuer, oidcClientId and signingSecretArn, and none without',
    },
  );

const Which = z.object({
  target: z.enum(['aws', 'emulator'], { error: 'must be aws or emulator' }).default('aws'),
  preset: z.enum(PRESETS, { error: `must be ${PRESETS.join(' or ')}` }).default('prod'),
});

/**
 * What is in the context besides settings: the construct library's flags, what the toolkit remembers of itself, and what
 * it has looked up in an account (`availability-zones:account=…`). Whatever else there is, is a setting or misspelt.
 */
const OF_CDK = /^(@aws-cdk[a-z-]*\/|aws-cdk:|aws:cdk:|cli-telemetry$|acknowledged-issue-numbers$|[a-z-]+:account=)/;

/**
 * How and where to deploy. For AWS, a preset, what the file says of it, and what the CDK context says of both
 * (`-c key=value`); for the emulator, the context alone. Checks every setting there is.
 *
 * @throws ConfigError naming the setting at fault, unknown ones too
 */
export function readConfig(context: Record<string, unknown>, file: ConfigFile = {}): Config {
  const given = Object.fromEntries(Object.entries(context).filter(([key]) => !OF_CDK.test(key)));
  const { target, preset } = parse(Which, given);
  return target === 'emulator' ? readEmulatorConfig(given) : readAwsConfig(preset, given, file);
}

function readAwsConfig(preset: Preset, given: Record<string, unknown>, file: ConfigFile): AwsConfig {
  const unknown = Object.keys(file).filter((name) => !PRESETS.some((known) => known === name));
  if (unknown.length > 0) {
    throw new ConfigError(
      `There is no preset "${unknown.join('", "')}" (in reelight.config.ts). There are: ${PRESETS.join(', ')}`,
    );
  }
  const { target: _target, preset: _preset, ...overrides } = given;
  const settings = parse(AwsSettings, { ...PRESET_SETTINGS[preset], ...file[preset], ...overrides }, SETTING_NAMES);
  for (const [key, refused, why] of preset === 'prod' ? REFUSED_IN_PROD : []) {
    if (settings[key] === refused) throw new ConfigError(wrong(key, why));
  }
  return { target: 'aws', preset, ...settings };
}

function readEmulatorConfig(given: Record<string, unknown>) {
  const names = Object.keys(EmulatorSettings.shape);
  const { brokerUrl, brokerSecretArn, emulatorUrl, ...settings } = parse(EmulatorSettings, given, names);
  return {
    ...settings,
    emulatorUrl: emulatorUrl.replace(/\/$/, ''),
    broker: brokerUrl && brokerSecretArn ? { url: brokerUrl, secretArn: brokerSecretArn } : undefined,
  };
}

function parse<T>(schema: z.ZodType<T>, values: Record<string, unknown>, names: string[] = []): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => describe(issue, names)).join('; '));
}

function describe(issue: z.core.$ZodIssue, names: string[]): string {
  if (issue.code === 'unrecognized_keys') {
    return `There is no setting "${issue.keys.join('", "')}". There are: ${names.join(', ')}`;
  }
  return wrong(issue.path.join('.'), issue.message);
}

function wrong(key: string, why: string): string {
  return `The setting "${key}" (in reelight.config.ts, or -c ${key}=…) is wrong: it ${why}`;
}
