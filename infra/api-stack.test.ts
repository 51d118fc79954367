import { describe, expect, it } from 'vitest';
import { resource, resources, TARGETS, templates } from './templates.fixture.ts';

const FUNCTIONS = ['Api', 'Dispatch', 'Metadata', 'Notify', 'Socket', 'Sweep'];

describe.each(TARGETS)('the API stack on %s', (target) => {
  const { data, api } = templates(target, { allowedOrigins: 'https://a.example', maxUploadBytes: '1000' });
  const functions = resources(api, 'AWS::Lambda::Function');
  const properties = (id: string) => resource(api, 'AWS::Lambda::Function', id).Properties;
  const environment = (id: string) => (properties(id).Environment as { Variables: Record<string, unknown> }).Variables;
  const idOf = (type: string, prefix: string) =>
    resources(api, type).find(([id]) => id.startsWith(prefix))?.[0] ?? `no ${prefix}`;

  it('has six functions and no helper of the construct library', () => {
    expect(functions.map(([id]) => id.slice(0, -8)).sort()).toEqual(FUNCTIONS);
  });

  it('logs as JSON to a group of its own for each function, kept for a while', () => {
    for (const name of FUNCTIONS) {
      const logs = idOf('AWS::Logs::LogGroup', `${name}Logs`);
      expect(properties(name)).toMatchObject({ LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: logs } } });
    }
    for (const [, group] of resources(api, 'AWS::Logs::LogGroup')) {
      expect(group.Properties.RetentionInDays).toBe(30);
    }
  });

  it('runs on Node 24, and on arm64 in AWS', () => {
    for (const [id, { Properties }] of functions) {
      if (target === 'aws') expect(Properties.Architectures).toEqual(['arm64']);
      if (target === 'aws' && id.startsWith('Metadata')) expect(Properties.PackageType).toBe('Image');
      else expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    }
  });

  it('tells each function what it needs and no more', () => {
    const cloud = target === 'emulator' ? ['AWS_ENDPOINT_URL'] : [];
    const buckets = ['TABLE_NAME', 'UPLOADS_BUCKET', 'FILES_BUCKET'];
    const broker = ['BROKER_URL', 'BROKER_SECRET_ARN'];
    const expected = {
      Api: [...buckets, 'SOURCE_QUEUE_URL', 'MAX_UPLOAD_BYTES', 'REELIGHT_VERSION'],
      Dispatch: [...buckets, ...broker],
      Metadata: [...buckets, ...broker],
      Notify: ['TABLE_NAME', 'SOCKET_ENDPOINT'],
      Socket: ['TABLE_NAME', 'SOCKET_ENDPOINT', 'ALLOWED_ORIGINS'],
      Sweep: [...buckets, ...broker, 'SOURCE_QUEUE_URL'],
    };
    for (const [name, variables] of Object.entries(expected)) {
      expect(Object.keys(environment(name)).sort()).toEqual([...variables, ...cloud].sort());
    }
    expect(environment('Api')).toMatchObject({ MAX_UPLOAD_BYTES: '1000' });
  });

  it('has videos without a sign of life looked after every few minutes', () => {
    api.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [idOf('AWS::Lambda::Function', 'Sweep'), 'Arn'] } }],
    });
    expect(properties('Sweep').Timeout).toBe(300);
  });

  it('sends every path to the API function', () => {
    api.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: '$default', AutoDeploy: true });
    api.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      ApiId: { Ref: idOf('AWS::ApiGatewayV2::Api', 'HttpApi') },
      RouteKey: '$default',
    });
    api.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
    expect(properties('Api').Timeout).toBeLessThan(30);
  });

  it('answers preflights of the allowed origins', () => {
    expect(resource(api, 'AWS::ApiGatewayV2::Api', 'HttpApi').Properties.CorsConfiguration).toMatchObject({
      AllowOrigins: ['https://a.example'],
      AllowMethods: expect.arrayContaining(['GET', 'POST', 'DELETE']),
      AllowHeaders: expect.arrayContaining(['content-type', 'idempotency-key', 'range']),
      ExposeHeaders: expect.arrayContaining(['etag', 'content-range']),
    });
  });

  it('has a WebSocket API whose three routes end in one function', () => {
    const socketApi = { Ref: idOf('AWS::ApiGatewayV2::Api', 'SocketApi') };
    api.hasResourceProperties('AWS::ApiGatewayV2::Stage', { ApiId: socketApi, StageName: 'live', AutoDeploy: true });
    const routes = resources(api, 'AWS::ApiGatewayV2::Route')
      .filter(([, route]) => JSON.stringify(route.Properties.ApiId) === JSON.stringify(socketApi))
      .map(([, route]) => route.Properties.RouteKey);
    expect(routes.sort()).toEqual(['$connect', '$default', '$disconnect']);
  });

  it('polls the queue of sources, and takes back only what failed', () => {
    const dispatch = properties('Dispatch');
    api.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: idOf('AWS::Lambda::Function', 'Dispatch') },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    const [queue] = resources(data, 'AWS::SQS::Queue').filter(([, { Properties }]) => 'RedrivePolicy' in Properties);
    expect(queue?.[1].Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(dispatch.Timeout));
  });

  it('follows the stream from its beginning, in small batches, and lets no record hold it up for ever', () => {
    const failures = idOf('AWS::SQS::Queue', 'NotifyFailures');
    expect(resource(api, 'AWS::Lambda::EventSourceMapping', 'Changes').Properties).toMatchObject({
      FunctionName: { Ref: idOf('AWS::Lambda::Function', 'Notify') },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 25,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 10,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 900,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [failures, 'Arn'] } } },
    });
  });

  it('wakes the notifying function for videos and new connections only', () => {
    const { FilterCriteria } = resource(api, 'AWS::Lambda::EventSourceMapping', 'Changes').Properties;
    const { Filters } = FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { sk: { S: ['VIDEO'] } } } },
      { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'CONN#' }] }, sk: { S: ['CONN'] } } } },
    ]);
  });

  it('gives its outputs exactly their names', () => {
    const own = Object.keys(api.findOutputs('*')).filter((key) => !key.startsWith('ExportsOutput'));
    expect(own.sort()).toEqual(['ApiUrl', 'MetadataFunctionName', 'SocketUrl', 'SweepFunctionName']);
  });
});

describe('addresses', () => {
  const addresses = (target: 'aws' | 'emulator', settings = {}) => {
    const { api } = templates(target, settings);
    const outputs = api.findOutputs('*');
    const socket = resource(api, 'AWS::Lambda::Function', 'Socket').Properties as {
      Environment: { Variables: { SOCKET_ENDPOINT: unknown } };
    };
    return [outputs.ApiUrl?.Value, outputs.SocketUrl?.Value, socket.Environment.Variables.SOCKET_ENDPOINT].map(flat);
  };

  it("are API Gateway's own on AWS", () => {
    expect(addresses('aws')).toEqual([
      expect.stringMatching(/ApiEndpoint/),
      expect.stringMatching(/^wss:\/\/.*\.execute-api\..*\/live$/),
      expect.stringMatching(/^https:\/\/.*\.execute-api\..*\/live$/),
    ]);
  });

  it('go by path on the emulator', () => {
    expect(addresses('emulator', { emulatorUrl: 'http://localhost:4599' })).toEqual([
      expect.stringMatching(/^http:\/\/localhost:4599\/_aws\/execute-api\/HttpApi\w+\/\$default$/),
      expect.stringMatching(/^ws:\/\/localhost:4599\/_aws\/execute-api\/SocketApi\w+\/live$/),
      expect.stringMatching(/^http:\/\/localhost:4599\/_aws\/execute-api\/SocketApi\w+\/live$/),
    ]);
  });
});

describe('the broker', () => {
  const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker-AbCdEf';

  it('is asked for by the template when no setting names it: no default, nothing insecure', () => {
    const parameters = templates('aws').api.findParameters('*');
    expect(parameters.BrokerUrl).not.toHaveProperty('Default');
    expect(parameters.BrokerCredentialsArn).not.toHaveProperty('Default');
    const pattern = new RegExp(String(parameters.BrokerUrl?.AllowedPattern));
    expect('amqps://b-1.mq.eu-west-1.amazonaws.com:5671').toMatch(pattern);
    expect('amqp://broker:5672').not.toMatch(pattern);
    expect('amqps://user:password@broker:5671').not.toMatch(pattern);
  });

  it('is the one that the settings name', () => {
    const { api } = templates('aws', { brokerUrl: 'amqps://broker:5671', brokerSecretArn: secret });
    expect(Object.keys(api.findParameters('*'))).not.toContain('BrokerUrl');
    api.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { BROKER_URL: 'amqps://broker:5671', BROKER_SECRET_ARN: secret } },
    });
  });
});

describe("this machine's FFmpeg", () => {
  it('is what the emulated metadata function is told to use', () => {
    const { api } = templates('emulator', { ffmpegPath: '/opt/ffmpeg', ffprobePath: '/opt/ffprobe' });
    expect(resource(api, 'AWS::Lambda::Function', 'Metadata').Properties).toMatchObject({
      Environment: { Variables: { FFMPEG_PATH: '/opt/ffmpeg', FFPROBE_PATH: '/opt/ffprobe' } },
    });
  });
});

/** A value with its references by name. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flat).join('');
  if (typeof value !== 'object' || value === null) return '';
  const [[name, content] = ['', '']] = Object.entries(value);
  if (name === 'Fn::Join' && Array.isArray(content)) return flat(content[1]);
  return flat(content);
}
