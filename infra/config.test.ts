import { describe, expect, it } from 'vitest';
import file from '../reelight.config.ts';
import { ConfigError, type ConfigFile, readConfig } from './config.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { PRESETS } from './presets.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker-AbCdEf';
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/0b0f2d3c';
const ZONE = { hostedZoneId: 'Z0123456789', hostedZoneName: 'example.com' };

/** One line, which names the setting. */
function expectRefusal(context: Record<string, unknown>, setting: string, given?: ConfigFile): void {
  const refused = () => readConfig(context, given);
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(new RegExp(`^[^\n]*"${setting}"[^\n]*$`));
}

describe('a deployment to AWS', () => {
  it('is for production when nothing is said', () => {
    expect(readConfig({})).toMatchObject({ target: 'aws', preset: 'prod', auth: 'oidc', network: 'endpoints' });
  });

  it.each(PRESETS)('can be %s as it is, and as the file says', (preset) => {
    expect(readConfig({ preset })).toMatchObject({ preset });
    expect(readConfig({ preset }, file)).toMatchObject({ preset });
  });

  it('is what the preset says, but for the file, but for the command line', () => {
    const given: ConfigFile = { dev: { workersMax: 7, brokerNodes: 3 }, prod: { workersMax: 9 } };
    const config = readConfig({ preset: 'dev', brokerNodes: '1', insights: 'true' }, given);
    expect(config).toMatchObject({
      workersMax: 7,
      brokerNodes: 1,
      insights: true,
      workersMin: 0,
      name: 'reelight-dev',
    });
  });

  it('lets everybody call from a browser, or the pages of its own domain, or those that are named', () => {
    const own = { domainName: 'video.example.com', ...ZONE };
    expect(readConfig({})).toMatchObject({ allowedOrigins: ['*'] });
    expect(readConfig(own)).toMatchObject({ allowedOrigins: ['https://video.example.com'] });
    expect(readConfig({ ...own, allowedOrigins: 'https://a.example, http://localhost:5173' })).toMatchObject({
      allowedOrigins: ['https://a.example', 'http://localhost:5173'],
    });
  });

  it("passes over CDK's own context", () => {
    const context = { '@aws-cdk/core:x': true, 'aws:cdk:y': ['z'], 'availability-zones:account=1': [] };
    expect(() => readConfig({ ...context, 'cli-telemetry': false })).not.toThrow();
  });

  it('is refused with a preset in the file that there is not', () => {
    expectRefusal({}, 'pord', { pord: { workersMax: 2 } } as ConfigFile);
  });

  it.each([
    ['a setting in other letters', { 'workers-max': 3 }, 'workers-max'],
    ['nothing for a number', { workersMin: '' }, 'workersMin'],
    ['a broker of a size that there is not', { brokerInstance: 'mq.m7g.99xlarge' }, 'brokerInstance'],
    ['a broker of no size', { brokerInstance: 'mq.m7g.2large' }, 'brokerInstance'],
    ['work that lasts longer than the broker waits', { maxWorkSeconds: 13 * 3600 }, 'maxWorkSeconds'],
    ['a target that does not exist', { target: 'gcp' }, 'target'],
    ['a preset that does not exist', { preset: 'staging' }, 'preset'],
    ['a name that no bucket can have', { name: 'Reelight' }, 'name'],
    ['a region that is none', { region: 'Ireland' }, 'region'],
    ['an origin with a path', { allowedOrigins: 'https://a.example/page' }, 'allowedOrigins'],
    ['an origin without a scheme', { allowedOrigins: '*,a.example' }, 'allowedOrigins'],
    ['a size that is no number', { maxUploadBytes: '20GB' }, 'maxUploadBytes'],
    ['a size that S3 cannot hold', { maxUploadBytes: '100000000000000' }, 'maxUploadBytes'],
    ['a retention that CloudWatch does not know', { logRetentionDays: '8' }, 'logRetentionDays'],
    ['half a worker', { workersMax: '1.5' }, 'workersMax'],
    ['more workers at least than at most', { workersMin: '30' }, 'workersMin'],
    ['more workers on demand than at most', { workersOnDemand: '30' }, 'workersOnDemand'],
    ['memory that Fargate does not give to so many cores', { workerMemory: '20480' }, 'workerMemory'],
    ['two brokers', { brokerNodes: '2' }, 'brokerNodes'],
    ['an instance that RabbitMQ does not run on', { brokerInstance: 'mq.t3.micro' }, 'brokerInstance'],
    ['an instance that RabbitMQ 4 does not run on', { brokerInstance: 'mq.m5.large' }, 'brokerInstance'],
    ['a domain without a certificate', { domainName: 'video.example.com' }, 'domainName'],
    ['a domain outside its zone', { domainName: 'video.example.org', ...ZONE }, 'domainName'],
    ['two certificates', { domainName: 'v.example.com', ...ZONE, certificateArn: CERTIFICATE }, 'certificateArn'],
    ['a certificate for nothing', { certificateArn: CERTIFICATE }, 'certificateArn'],
    ['a certificate elsewhere', { certificateArn: CERTIFICATE.replace('us-east-1', 'eu-west-1') }, 'certificateArn'],
    ['half a zone', { domainName: 'v.example.com', hostedZoneId: ZONE.hostedZoneId }, 'hostedZoneName'],
    ['alarms for nobody', { alarmEmail: 'ops' }, 'alarmEmail'],
    ['no budget', { monthlyBudget: '0' }, 'monthlyBudget'],
    ['neither yes nor no', { keepData: 'maybe' }, 'keepData'],
    ["the emulator's settings", { emulatorUrl: 'http://localhost:4566' }, 'emulatorUrl'],
    ['a broker of its own', { brokerUrl: 'amqps://broker:5671' }, 'brokerUrl'],
    ['a misspelt setting', { alowedOrigins: '*' }, 'alowedOrigins'],
  ])('is refused with %s, in one line that names the setting', (_, context, setting) => {
    expectRefusal(context, setting);
  });

  it.each([
    ['without sign-in', { auth: 'none' }, 'auth'],
    ['with a public broker', { network: 'public' }, 'network'],
    ['without a firewall', { firewall: false }, 'firewall'],
  ] as const)('is refused %s, but to try things out', (_, slip, setting) => {
    expectRefusal({}, setting, { prod: slip });
    expect(readConfig({ preset: 'dev' }, { dev: slip })).toMatchObject(slip);
  });
});

describe('a deployment to the emulator', () => {
  const emulator = { target: 'emulator' };

  it('has sensible settings when nothing is said', () => {
    expect(readConfig(emulator)).toEqual({
      target: 'emulator',
      name: 'reelight',
      auth: 'none',
      allowedOrigins: ['*'],
      ...DEFAULT_LIMITS,
      logRetentionDays: 30,
      emulatorUrl: 'http://localhost:4566',
      broker: undefined,
    });
  });

  it('takes the strings that come from a command line', () => {
    const config = readConfig({
      ...emulator,
      name: 'reelight-dev',
      allowedOrigins: 'https://a.example, http://localhost:5173',
      maxUploadBytes: '1048576',
      logRetentionDays: '7',
      brokerUrl: 'amqp://localhost:5682/video',
      brokerSecretArn: SECRET,
      emulatorUrl: 'http://localhost:4599/',
      ffmpegPath: '/opt/ffmpeg',
    });
    expect(config).toMatchObject({
      allowedOrigins: ['https://a.example', 'http://localhost:5173'],
      maxUploadBytes: 1_048_576,
      logRetentionDays: 7,
      broker: { url: 'amqp://localhost:5682/video', secretArn: SECRET },
      emulatorUrl: 'http://localhost:4599',
      ffmpegPath: '/opt/ffmpeg',
    });
  });

  it('is none of what the file says', () => {
    expect(readConfig(emulator, { prod: { name: 'elsewhere' } })).toMatchObject({ name: 'reelight' });
  });

  it.each([
    ['a broker that speaks HTTP', { brokerUrl: 'http://broker', brokerSecretArn: SECRET }, 'brokerUrl'],
    ['a password in an address', { brokerUrl: 'amqps://me:pw@broker:5671', brokerSecretArn: SECRET }, 'brokerUrl'],
    ['a broker without its secret', { brokerUrl: 'amqps://broker:5671' }, 'brokerSecretArn'],
    ['a secret without its broker', { brokerSecretArn: SECRET }, 'brokerSecretArn'],
    ['a secret by its name', { brokerUrl: 'amqps://broker:5671', brokerSecretArn: 'broker' }, 'brokerSecretArn'],
    ['a size of nothing', { maxUploadBytes: '0' }, 'maxUploadBytes'],
    ["AWS's settings", { workersMax: '3' }, 'workersMax'],
  ])('is refused with %s, in one line that names the setting', (_, context, setting) => {
    expectRefusal({ ...emulator, ...context }, setting);
  });

  it('does not repeat a password that was put into an address', () => {
    const context = { ...emulator, brokerUrl: 'amqps://me:hunter2@broker', brokerSecretArn: SECRET };
    expect(() => readConfig(context)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
