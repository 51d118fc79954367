import { z } from 'zod';
import { LIMIT_SETTINGS } from './limits.ts';
import { number, whole } from './numbers.ts';

/*
 * Every setting of a deployment to AWS. They are one flat list, so that each can be given in `reelight.config.ts` and,
 * for once, on the command line (`-c workersMax=20`). What a preset says of them is in presets.ts.
 */

/** Retention periods that CloudWatch Logs knows. */
export const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

/** MiB of memory that Fargate gives to CPU units: smallest, largest, step. */
const FARGATE: Record<number, [number, number, number]> = {
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rmq-broker-instance-types.html */
const BROKER_INSTANCES = [
  ...['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'].map(
    (size) => `mq.m7g.${size}` as const,
  ),
  ...['large', 'xlarge', '2xlarge', '4xlarge'].map((size) => `mq.m5.${size}` as const),
];

const oneOf = <const T extends number>(values: readonly [T, ...T[]]) =>
  number().pipe(z.literal(values, { error: `must be one of ${values.join(', ')}` }));
const flag = () => z.union([z.boolean(), z.stringbool()], { error: 'must be true or false' });
const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });
const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

export const Name = text(
  /^[a-z][a-z0-9-]{1,18}[a-z0-9]$/,
  'must be 3 to 20 characters of a-z, 0-9 and -, starting with a letter',
);

/** Origins, or `*`; several by commas where they come from a command line. */
export const AllowedOrigins = z
  .union([z.string(), z.array(z.string())], { error: 'must be origins' })
  .transform((list) => [list].flat().flatMap((origins) => origins.split(',').map((origin) => origin.trim())))
  .refine((origins) => origins.every((origin) => origin === '*' || isOrigin(origin)), {
    error: 'must be * or origins such as https://example.com, separated by commas',
  });

const Settings = z.strictObject({
  /** Starts the name of everything that has a name, so that one account can hold several deployments. */
  name: Name,
  /** Where everything is but what belongs to CloudFront, which is in us-east-1. */
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-west-1'),

  // Who may come

  /** Whether people sign in. `none` is for trying it out: everybody can see everything whose address they know. */
  auth: choice(['none', 'oidc']),
  /**
   * Who signs people in: an issuer of OpenID Connect. Without one, a user pool of Cognito is made.
   */
  oidcIssuer: text(
    /^https:\/\/[^\s?#]+$/,
    'must be the address of an issuer, as its tokens have it in `iss`',
  ).optional(),
  /** The page as the issuer knows it: a public client that may use codes with PKCE and come back to the page's address. */
  oidcClientId: text(/^[\x21-\x7e]+$/, 'must be what the issuer calls the page').optional(),
  /** What tokens are for, where `aud` or `client_id` is not the page. */
  oidcAudience: text(/^[\x21-\x7e]+$/, 'must be what tokens have in `aud`').optional(),
  /** Raised by one, it replaces the key pair that says who may have which file. */
  signingKey: whole(1, 1_000_000),
  /** Who may call from a browser, by HTTP and by WebSocket. Without it, the pages of our own domain; without that, all. */
  allowedOrigins: AllowedOrigins.optional(),
  /** A domain of your own, with either a certificate for it or the hosted zone that it is in. */
  domainName: text(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a domain such as video.example.com').optional(),
  certificateArn: text(
    /^arn:[^:]+:acm:us-east-1:\d{12}:certificate\/.+$/,
    'must be the ARN of a certificate in us-east-1, where CloudFront looks for it',
  ).optional(),
  hostedZoneId: text(/^Z[A-Z0-9]+$/, 'must be the ID of a Route 53 hosted zone').optional(),
  hostedZoneName: text(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "must be the hosted zone's domain").optional(),
  /** AWS WAF before the distribution: known bad addresses, common attacks, and a rate for each address. */
  firewall: flag(),

  // Limits

  // Of a video, and of how many there are: limits.ts.
  ...LIMIT_SETTINGS,
  /** From one address, within five minutes; the firewall counts. */
  requestsPerFiveMinutes: whole(100, 2_000_000),
  /** Of all clients together, to each of the two APIs. */
  requestsPerSecond: whole(1, 10_000),
  /** Raised by one, it replaces what the distribution proves to the APIs that it is what calls them. */
  edgeSecret: whole(1, 1_000_000),

  // Sizes

  /**
   * - `public`: workers in public subnets with nothing inbound, the broker behind a public TLS address
   * - `endpoints`: everything in isolated subnets, AWS reached through endpoints
   * - `nat`: everything in private subnets, AWS reached through a NAT gateway a zone
   */
  network: choice(['public', 'endpoints', 'nat']),
  brokerVersion: choice(['4.2', '3.13']),
  brokerInstance: choice(BROKER_INSTANCES),
  /** 3 is a cluster over three zones, which outlives one of them. */
  brokerNodes: oneOf([1, 3]),
  /** CPU units of one worker: 1024 are a core. */
  workerCpu: oneOf([1024, 2048, 4096, 8192, 16384]),
  /** MiB */
  workerMemory: whole(2048, 122_880),
  /** GiB of the task's disk, of which the image takes one or two. */
  workerScratch: whole(21, 200),
  /** 0 costs nothing while nobody uploads, and the first video a minute. */
  workersMin: whole(0, 1_000),
  workersMax: whole(1, 1_000),
  /** So many of them are no Spot capacity, which AWS takes back at two minutes' notice. */
  workersOnDemand: whole(0, 1_000),
  /** 100: Europe and North America; 200: Asia, Africa and the Middle East too; All: South America and Oceania too. */
  priceClass: choice(['100', '200', 'All']),

  // What is kept

  /** Whether videos and records outlive the stacks. */
  keepData: flag(),
  /** The table can be brought back to any second of so many days. */
  recoveryDays: whole(1, 35),
  logRetentionDays: oneOf(RETENTION_DAYS),
  /** CloudFront's and S3's, for as long as logs are kept. They name viewers' addresses. */
  accessLogs: flag(),
  /** Of the network. */
  flowLogs: flag(),
  /** How often the broker gets another password. */
  rotationDays: whole(1, 365),

  // Who watches

  alarmEmail: z.email({ error: 'must be an e-mail address' }).optional(),
  /** US dollars a month, of the whole account: a mail at half of it, at 80 %, and when it is about to be exceeded. */
  monthlyBudget: whole(1, 1_000_000),
  /** X-Ray traces of what functions do, and of each video through all that works on it. */
  tracing: flag(),
  /** CloudWatch's metrics of containers. */
  insights: flag(),
});

type Settings = z.output<typeof Settings>;
type SignInSettings = Pick<Settings, 'auth' | 'oidcIssuer' | 'oidcClientId' | 'oidcAudience'>;
/** As they are written in the file. */
export type SettingsInput = z.input<typeof Settings>;
export const SETTING_NAMES = Object.keys(Settings.shape);

export const AwsSettings = Settings.superRefine((settings, context) => {
  for (const [path, message] of contradictions(settings)) {
    context.addIssue({ code: 'custom', path: [path], message });
  }
}).transform((settings) => ({
  ...settings,
  allowedOrigins: settings.allowedOrigins ?? [settings.domainName ? `https://${settings.domainName}` : '*'],
}));

/** What does not go together, by the setting to change. */
function* contradictions(settings: Settings): Generator<[keyof Settings, string]> {
  const { domainName, certificateArn, hostedZoneId, hostedZoneName, workersMax } = settings;
  yield* aboutSignIn(settings);
  if (settings.workersMin > workersMax) yield ['workersMin', `must not be above workersMax, which is ${workersMax}`];
  if (settings.workersOnDemand > workersMax) {
    yield ['workersOnDemand', `must not be above workersMax, which is ${workersMax}`];
  }
  const [least = 0, most = 0, step = 1] = FARGATE[settings.workerCpu] ?? [];
  if (settings.workerMemory < least || settings.workerMemory > most || settings.workerMemory % step !== 0) {
    yield ['workerMemory', `must be ${least} to ${most} in steps of ${step} where workerCpu is ${settings.workerCpu}`];
  }
  if (settings.brokerVersion === '4.2' && !settings.brokerInstance.startsWith('mq.m7g.')) {
    yield ['brokerInstance', 'must be of the m7g family: Amazon MQ has RabbitMQ 4 on no other'];
  }
  if (domainName && !certificateArn && !hostedZoneId) {
    yield ['domainName', 'needs certificateArn, or hostedZoneId and hostedZoneName to make a certificate with'];
  }
  if (certificateArn && hostedZoneId) yield ['certificateArn', 'must not be given together with hostedZoneId'];
  if (!hostedZoneId !== !hostedZoneName) yield ['hostedZoneName', 'must be given together with hostedZoneId'];
  for (const key of ['certificateArn', 'hostedZoneId'] as const) {
    if (settings[key] && !domainName) yield [key, 'is for domainName, which is not given'];
  }
  if (domainName && hostedZoneName && domainName !== hostedZoneName && !domainName.endsWith(`.${hostedZoneName}`)) {
    yield ['domainName', `must be in the hosted zone ${hostedZoneName}`];
  }
}

function* aboutSignIn({
  auth,
  oidcIssuer,
  oidcClientId,
  oidcAudience,
}: SignInSettings): Generator<[keyof Settings, string]> {
  const given = { oidcIssuer, oidcClientId, oidcAudience };
  for (const key of ['oidcIssuer', 'oidcClientId', 'oidcAudience'] as const) {
    if (auth === 'none' && given[key]) yield [key, 'is for sign-in, which is off: set auth to oidc'];
  }
  if (!oidcIssuer !== !oidcClientId) yield ['oidcClientId', 'must be given together with oidcIssuer'];
  if (oidcAudience && !oidcIssuer) yield ['oidcAudience', 'must be given together with oidcIssuer'];
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
