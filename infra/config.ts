import { z } from 'zod';
import { ReelightError } from '../core/errors.ts';
import { DEFAULT_MAX_UPLOAD } from '../core/upload-plan.ts';

/** The settings of a deployment are wrong. The message is one line that says which and what to do. */
export class ConfigError extends ReelightError {
  override readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super('bad_config', message, options);
  }
}

/** Retention periods that CloudWatch Logs knows. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;
const TiB = 1024 ** 4;

const AllowedOrigins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.every((origin) => origin === '*' || isOrigin(origin)), {
    error: 'must be * or origins such as https://example.com, separated by commas',
  });

/** Where the broker is, without who may use it: that is in the secret. */
const BrokerUrl = z.url({ protocol: /^amqps?$/, error: 'must be amqps://host:port/vhost' }).refine(
  (value) => {
    const { username, password } = new URL(value);
    return !username && !password;
  },
  { error: 'must not contain a user or a password: they belong in the secret that brokerSecretArn names' },
);

const Settings = z
  .strictObject({
    /** AWS itself, or the emulator on one machine. */
    target: z.enum(['aws', 'emulator']).default('aws'),
    /** Starts the name of everything that has a name, so that one account can hold several deployments. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,18}[a-z0-9]$/, 'must be 3 to 20 characters of a-z, 0-9 and -, starting with a letter')
      .default('reelight'),
    /** Who may call from a browser, by HTTP and by WebSocket. */
    allowedOrigins: AllowedOrigins.default(['*']),
    /** Bytes. S3 takes objects of up to 50 TB. */
    maxUploadBytes: z.coerce
      .number({ error: 'must be a number of bytes' })
      .int('must be a whole number of bytes')
      .min(1)
      .max(45 * TiB)
      .default(DEFAULT_MAX_UPLOAD),
    logRetentionDays: z.coerce
      .number()
      .pipe(z.literal(RETENTION_DAYS, { error: `must be one of ${RETENTION_DAYS.join(', ')}` }))
      .default(30),
    brokerUrl: BrokerUrl.optional(),
    brokerSecretArn: z
      .string()
      .regex(/^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$/, 'must be the ARN of a Secrets Manager secret')
      .optional(),
    /** Where the emulator listens. */
    emulatorUrl: z.url({ protocol: /^https?$/, error: 'must be http://host:port' }).optional(),
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
  .refine((settings) => settings.target === 'emulator' || settings.brokerUrl?.startsWith('amqp:') !== true, {
    path: ['brokerUrl'],
    error: 'must be amqps:// on AWS: passwords do not travel in the clear',
  })
  .superRefine((settings, context) => {
    for (const key of ['emulatorUrl', 'ffmpegPath', 'ffprobePath', 'fingerprint'] as const) {
      if (settings.target === 'aws' && settings[key] !== undefined) {
        context.addIssue({ code: 'custom', path: [key], message: 'is only for target=emulator' });
      }
    }
  });

/** How and where to deploy, read from the CDK context: `-c key=value`, or `context` in cdk.json. */
export type Config = ReturnType<typeof readConfig>;

/**
 * Checks every setting there is; keys with punctuation are CDK's own.
 *
 * @throws ConfigError naming the setting at fault, unknown ones too
 */
export function readConfig(context: Record<string, unknown>) {
  const ours = Object.entries(context).filter(([key]) => /^\w+$/.test(key));
  const parsed = Settings.safeParse(Object.fromEntries(ours));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describe).join('; '));
  const { brokerUrl, brokerSecretArn, emulatorUrl, ...settings } = parsed.data;
  return {
    ...settings,
    emulatorUrl: (emulatorUrl ?? 'http://localhost:4566').replace(/\/$/, ''),
    broker: brokerUrl && brokerSecretArn ? { url: brokerUrl, secretArn: brokerSecretArn } : undefined,
  };
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `There is no setting "${issue.keys.join('", "')}". There are: ${Object.keys(Settings.shape).join(', ')}`;
  }
  return `The setting "${issue.path.join('.')}" (-c ${issue.path.join('.')}=…) is wrong: ${issue.message}`;
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
