import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, homeFrom } from './home.ts';
import { portsFrom } from './ports.ts';
import { serviceEnvironment } from './service-environment.ts';

const outputs = {
  ApiUrl: 'http://localhost:4566/api',
  SocketUrl: 'ws://localhost:4566/ws',
  TableName: 'table',
  UploadsBucket: 'uploads',
  FilesBucket: 'files',
  SiteBucket: 'site',
  SourceQueueUrl: 'http://localhost:4566/queue',
  SourceQueueArn: 'arn:queue',
  MetadataFunctionName: 'metadata',
  SweepFunctionName: 'sweep',
  OperatorRoleArn: 'arn:operator',
  EnhancerRoleArn: 'arn:enhancer',
  EdgeRoleArn: 'arn:edge',
  BridgeRoleArn: 'arn:bridge',
};

let home: Home;
beforeEach(() => {
  home = homeFrom({ REELIGHT_HOME: mkdtempSync(join(tmpdir(), 'reelight-home-')) });
});
afterEach(() => rmSync(home.root, { recursive: true }));

const environment = (env: NodeJS.ProcessEnv) => serviceEnvironment('bridge', { home, ports: portsFrom({}), env });

it('asks for a deployment first', () => {
  expect(() => environment({})).toThrow(expect.objectContaining({ code: 'not_deployed' }));
  writeFileSync(home.outputs, '{"ApiUrl":');
  expect(() => environment({})).toThrow(expect.objectContaining({ code: 'not_deployed' }));
});

it('names what was deployed, and the role', () => {
  writeFileSync(home.outputs, JSON.stringify(outputs));
  expect(environment({ PATH: '/bin' })).toMatchObject({
    AWS_PROFILE: 'bridge',
    AWS_CONFIG_FILE: home.awsConfig,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    TABLE_NAME: 'table',
    METADATA_FUNCTION_NAME: 'metadata',
    BROKER_URL: 'amqp://127.0.0.1:5682',
    PATH: expect.stringMatching(/node_modules\/\.bin:\/bin$/),
  });
  expect(readFileSync(home.awsConfig, 'utf8')).toContain('role_arn = arn:bridge');
});

it('reaches the emulator through what stands in front of it', () => {
  writeFileSync(home.outputs, JSON.stringify(outputs));
  const front = 'http://127.0.0.1:9999';
  expect(environment({ REELIGHT_EMULATOR_URL: front }).AWS_ENDPOINT_URL).toBe(front);
});

it('keeps the person’s own credentials out', () => {
  writeFileSync(home.outputs, JSON.stringify(outputs));
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIA-OWN',
    AWS_SESSION_TOKEN: 'own-token',
    AWS_ENDPOINT_URL_S3: 'https://own.example.com',
    RABBITMQ_URL: 'amqp://user:own-password@mq',
    EDITOR: 'vi',
  };
  const made = environment(env);
  expect(made.EDITOR).toBe('vi');
  expect(made.BROKER_URL).toBe('amqp://mq');
  expect(JSON.stringify(made)).not.toMatch(/AKIA-OWN|own-token|own\.example|own-password/);
});
