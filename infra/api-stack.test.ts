import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type Deployment, resource, resources, SIGN_IN, TARGETS, template, templates } from './templates.fixture.ts';

const FUNCTIONS = ['Admit', 'Api', 'Dispatch', 'Metadata', 'Notify', 'Socket', 'Sweep'];

describe.each(TARGETS)('the API stack of %s', (deployment) => {
  const onAws = deployment !== 'emulator';
  const settings = { ...(!onAws && SIGN_IN), allowedOrigins: 'https://a.example', maxUploadBytes: '1000' };
  const data = template(deployment, 'data', settings);
  const api = template(deployment, 'api', settings);
  const functions = resources(api, 'AWS::Lambda::Function');
  const properties = (id: string) => resource(api, 'AWS::Lambda::Function', id).Properties;
  const environment = (id: string) => (properties(id).Environment as { Variables: Record<string, unknown> }).Variables;
  const idOf = (type: string, prefix: string) =>
    resources(api, type).find(([id]) => id.startsWith(prefix))?.[0] ?? `no ${prefix}`;

  it('has a function for each thing to do and no helper of the construct library', () => {
    expect(functions.map(([id]) => id.slice(0, -8)).sort()).toEqual(FUNCTIONS);
  });

  it('logs as JSON to a group of its own for each function, kept for a while', () => {
    for (const name of FUNCTIONS) {
      const logs = idOf('AWS::Logs::LogGroup', `${name}Logs`);
      expect(properties(name)).toMatchObject({ LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: logs } } });
    }
    for (const [, group] of resources(api, 'AWS::Logs::LogGroup')) {
      expect(group.Properties.RetentionInDays).toBe(onAws ? 90 : 30);
    }
  });

  it('runs on Node 24, and on arm64 in AWS', () => {
    for (const [id, { Properties }] of functions) {
      if (onAws) expect(Properties.Architectures).toEqual(['arm64']);
      if (onAws && id.startsWith('Metadata')) expect(Properties.PackageType).toBe('Image');
      else expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    }
  });

  it('tells each function what it needs and no more', () => {
    const cloud = onAws ? [] : ['AWS_ENDPOINT_URL'];
    const edge = onAws ? ['ORIGIN_SECRET'] : [];
    const buckets = ['TABLE_NAME', 'UPLOADS_BUCKET', 'FILES_BUCKET'];
    const broker = ['BROKER_URL', 'BROKER_SECRET_ARN'];
    const uses = ['MAX_UPLOAD_BYTES', 'MAX_UPLOADS_PER_HOUR', 'MAX_VIDEOS_IN_FLIGHT'];
    const sights = ['MAX_DURATION_SECONDS', 'MAX_PIXELS', 'MAX_FRAME_RATE'];
    const expected = {
      Admit: ['TABLE_NAME'],
      Api: [
        ...buckets,
        ...['SOURCE_QUEUE_URL', 'REELIGHT_VERSION', 'SIGN_IN', 'SIGNING_SECRET_ARN'],
        ...uses,
        ...sights,
        ...edge,
      ],
      Dispatch: [...buckets, ...broker],
      Metadata: [...buckets, ...broker, ...sights, 'FFMPEG_MEMORY_MIB'],
      Notify: ['TABLE_NAME', 'SOCKET_ENDPOINT'],
      Socket: ['TABLE_NAME', 'SOCKET_ENDPOINT', 'ALLOWED_ORIGINS', 'SIGN_IN', ...edge],
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

describe.each(TARGETS)('who may come, in %s', (deployment) => {
  const signIn = deployment === 'emulator' ? SIGN_IN : {};
  const routesOf = (settings: object, api: 'HttpApi' | 'SocketApi') => {
    const made = template(deployment, 'api', { ...settings });
    const [[id] = ['']] = resources(made, 'AWS::ApiGatewayV2::Api').filter(([id]) => id.startsWith(api));
    return resources(made, 'AWS::ApiGatewayV2::Route')
      .map(([, { Properties }]) => Properties)
      .filter(({ ApiId }) => (ApiId as { Ref: string }).Ref === id);
  };

  it('is who has a token of the issuer for us, at every call but those that are the same for everybody', () => {
    const routes = routesOf(signIn, 'HttpApi');
    const open = routes.filter(({ AuthorizationType }) => AuthorizationType === 'NONE').map(({ RouteKey }) => RouteKey);
    const files = ['processed_videos', 'source_videos', 'posters', 'metadata', 'docs/assets', 'assets'];
    expect(open.sort()).toEqual(
      [
        ...['/healthz', '/openapi.json', '/docs', '/redoc', '/', '/index.html'].map((path) => `ANY ${path}`),
        ...files.map((folder) => `ANY /${folder}/{proxy+}`),
        'OPTIONS /{proxy+}',
      ].sort(),
    );
    const [rest, ...more] = routes.filter(({ AuthorizationType }) => AuthorizationType !== 'NONE');
    expect(more).toEqual([]);
    expect(rest).toMatchObject({ RouteKey: '$default', AuthorizationType: 'JWT' });
    const authorizer = refOf(rest?.AuthorizerId);
    const made = resource(template(deployment, 'api', { ...signIn }), 'AWS::ApiGatewayV2::Authorizer', authorizer);
    expect(made.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: [expect.anything()], Issuer: expect.anything() },
    });
  });

  it('is who has a ticket, at $connect, and nothing of that is kept', () => {
    const connect = routesOf(signIn, 'SocketApi').find(({ RouteKey }) => RouteKey === '$connect');
    expect(connect?.AuthorizationType).toBe('CUSTOM');
    const made = template(deployment, 'api', { ...signIn });
    const { Properties } = resource(made, 'AWS::ApiGatewayV2::Authorizer', refOf(connect?.AuthorizerId));
    expect(Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.querystring.ticket'],
    });
    expect(Properties).not.toHaveProperty('AuthorizerResultTtlInSeconds');
    expect(JSON.stringify(Properties.AuthorizerUri)).toMatch(/Admit/);
  });

  it('is everybody, where sign-in is off', () => {
    const off = deployment === 'emulator' ? {} : undefined;
    const routes = off
      ? [...routesOf(off, 'HttpApi'), ...routesOf(off, 'SocketApi')]
      : resources(template('dev', 'api'), 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    expect(routes.map(({ AuthorizationType }) => AuthorizationType)).toEqual(['NONE', 'NONE', 'NONE', 'NONE']);
    expect(resources(template(off ? deployment : 'dev', 'api'), 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });
});

describe('an issuer of one’s own', () => {
  const settings = { oidcIssuer: 'https://issuer.example/realm', oidcClientId: 'page', oidcAudience: 'api' };
  const { api, identity, delivery } = templates('prod', settings);

  it('is whose tokens count, and no user pool is made', () => {
    expect(identity).toBeUndefined();
    api?.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Audience: ['api'], Issuer: 'https://issuer.example/realm' },
    });
  });

  it('is told to the page and to the function at the edge', () => {
    const page = resources(delivery as Template, 'Custom::CDKBucketDeployment').find(([id]) =>
      id.startsWith('Page'),
    )?.[1];
    expect(page).toBeDefined();
    const { FunctionCode } = resource(delivery as Template, 'AWS::CloudFront::Function', 'ViewerRequest').Properties;
    expect(FunctionCode).toContain('const SIGN_IN = {"issuer":"https://issuer.example/realm","audience":"api"};');
  });
});

describe('addresses', () => {
  const addresses = (deployment: Deployment, settings = {}) => {
    const api = template(deployment, 'api', settings);
    const outputs = api.findOutputs('*');
    const socket = resource(api, 'AWS::Lambda::Function', 'Socket').Properties as {
      Environment: { Variables: { SOCKET_ENDPOINT: unknown } };
    };
    return [outputs.ApiUrl?.Value, outputs.SocketUrl?.Value, socket.Environment.Variables.SOCKET_ENDPOINT].map(flat);
  };

  it("are API Gateway's own on AWS", () => {
    expect(addresses('prod')).toEqual([
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

describe('the APIs on AWS', () => {
  const api = template('prod', 'api', { requestsPerSecond: 70, edgeSecret: 3 });

  it('bound what everybody together may ask for', () => {
    const stages = resources(api, 'AWS::ApiGatewayV2::Stage');
    expect(stages).toHaveLength(2);
    for (const [, { Properties }] of stages) {
      expect(Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 70, ThrottlingBurstLimit: 140 });
    }
  });

  it('know what the distribution adds by a secret that no template holds', () => {
    const [[id, secret] = ['', undefined]] = resources(api, 'AWS::SecretsManager::Secret').filter(([id]) =>
      id.startsWith('OriginSecret'),
    );
    expect(secret?.Properties).toMatchObject({ Name: 'reelight-edge-3', GenerateSecretString: { PasswordLength: 64 } });
    for (const name of ['Api', 'Socket']) {
      const { Variables } = resource(api, 'AWS::Lambda::Function', name).Properties.Environment as {
        Variables: Record<string, unknown>;
      };
      expect(Variables.ORIGIN_SECRET).toEqual({
        'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: id }, ':SecretString:::}}']],
      });
    }
  });

  it('trace what their functions do, where that is asked for', () => {
    for (const [tracing, mode] of [
      [true, { Mode: 'Active' }],
      [false, undefined],
    ] as const) {
      for (const [, { Properties }] of resources(template('prod', 'api', { tracing }), 'AWS::Lambda::Function')) {
        expect(Properties.TracingConfig).toEqual(mode);
      }
    }
  });
});

describe("one machine's broker", () => {
  const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker-AbCdEf';

  it('is asked for by the template when no setting names it: no default', () => {
    const parameters = template('emulator', 'api').findParameters('*');
    expect(parameters.BrokerUrl).not.toHaveProperty('Default');
    expect(parameters.BrokerCredentialsArn).not.toHaveProperty('Default');
    expect('amqps://user:password@broker:5671').not.toMatch(new RegExp(String(parameters.BrokerUrl?.AllowedPattern)));
  });

  it('is the one that the settings name', () => {
    const api = template('emulator', 'api', { brokerUrl: 'amqps://broker:5671', brokerSecretArn: secret });
    expect(Object.keys(api.findParameters('*'))).not.toContain('BrokerUrl');
    api.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { BROKER_URL: 'amqps://broker:5671', BROKER_SECRET_ARN: secret } },
    });
  });
});

describe("this machine's FFmpeg", () => {
  it('is what the emulated metadata function is told to use', () => {
    const api = template('emulator', 'api', { ffmpegPath: '/opt/ffmpeg', ffprobePath: '/opt/ffprobe' });
    expect(resource(api, 'AWS::Lambda::Function', 'Metadata').Properties).toMatchObject({
      Environment: { Variables: { FFMPEG_PATH: '/opt/ffmpeg', FFPROBE_PATH: '/opt/ffprobe' } },
    });
  });
});

const refOf = (value: unknown) => (value as { Ref?: string } | undefined)?.Ref ?? '';

/** A value with its references by name. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flat).join('');
  if (typeof value !== 'object' || value === null) return '';
  const [[name, content] = ['', '']] = Object.entries(value);
  if (name === 'Fn::Join' && Array.isArray(content)) return flat(content[1]);
  return flat(content);
}
