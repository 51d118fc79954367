import { describe, expect, it } from 'vitest';
import { DEFAULT_MAX_UPLOAD } from '../core/upload-plan.ts';
import { ConfigError, readConfig } from './config.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker-AbCdEf';

describe('readConfig', () => {
  it('deploys to AWS with sensible settings when nothing is said', () => {
    expect(readConfig({})).toEqual({
      target: 'aws',
      name: 'reelight',
      allowedOrigins: ['*'],
      maxUploadBytes: DEFAULT_MAX_UPLOAD,
      logRetentionDays: 30,
      emulatorUrl: 'http://localhost:4566',
      broker: undefined,
    });
  });

  it('takes the strings that come from a command line', () => {
    const config = readConfig({
      target: 'emulator',
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

  it("passes over CDK's own context", () => {
    expect(() => readConfig({ '@aws-cdk/core:x': true, 'aws:cdk:y': ['z'], 'cli-telemetry': false })).not.toThrow();
  });

  it.each([
    ['a target that does not exist', { target: 'gcp' }, 'target'],
    ['a name that no bucket can have', { name: 'Reelight' }, 'name'],
    ['an origin with a path', { allowedOrigins: 'https://a.example/page' }, 'allowedOrigins'],
    ['an origin without a scheme', { allowedOrigins: '*,a.example' }, 'allowedOrigins'],
    ['a size that is no number', { maxUploadBytes: '20GB' }, 'maxUploadBytes'],
    ['a size that S3 cannot hold', { maxUploadBytes: '100000000000000' }, 'maxUploadBytes'],
    ['a size of nothing', { maxUploadBytes: '0' }, 'maxUploadBytes'],
    ['a retention that CloudWatch does not know', { logRetentionDays: '8' }, 'logRetentionDays'],
    ['a broker that speaks HTTP', { brokerUrl: 'http://broker', brokerSecretArn: SECRET }, 'brokerUrl'],
    ['a password in an address', { brokerUrl: 'amqps://me:pw@broker:5671', brokerSecretArn: SECRET }, 'brokerUrl'],
    ['passwords in the clear on AWS', { brokerUrl: 'amqp://broker:5672', brokerSecretArn: SECRET }, 'brokerUrl'],
    ['a broker without its secret', { brokerUrl: 'amqps://broker:5671' }, 'brokerSecretArn'],
    ['a secret without its broker', { brokerSecretArn: SECRET }, 'brokerSecretArn'],
    ['a secret by its name', { brokerUrl: 'amqps://broker:5671', brokerSecretArn: 'broker' }, 'brokerSecretArn'],
    ['an emulator on AWS', { emulatorUrl: 'http://localhost:4566' }, 'emulatorUrl'],
    ["this machine's FFmpeg on AWS", { ffmpegPath: '/usr/bin/ffmpeg' }, 'ffmpegPath'],
    ['a misspelt setting', { alowedOrigins: '*' }, 'alowedOrigins'],
  ])('refuses %s, in one line that names the setting', (_, context, setting) => {
    const refused = () => readConfig(context);
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(new RegExp(`^[^\n]*"${setting}"[^\n]*$`));
  });

  it('does not repeat a password that was put into an address', () => {
    expect(() => readConfig({ brokerUrl: 'amqps://me:hunter2@broker', brokerSecretArn: SECRET })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
