import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CORS } from '../core/cors.ts';
import reelight from '../package.json' with { type: 'json' };
import { acknowledge } from './acknowledge.ts';
import { originSecret, signingSecret } from './api-secrets.ts';
import { address, callbackUrl, respellCors, throttle } from './apis.ts';
import type { Artifacts } from './artifacts.ts';
import type { Broker } from './broker.ts';
import { tellChanges } from './changes.ts';
import type { Config } from './config.ts';
import { type DataStack, DISPATCH_TIMEOUT, queueDefaults } from './data-stack.ts';
import { type FunctionNeeds, ffmpeg, imageFunction, zipFunction } from './functions.ts';
import {
  type Estate,
  grantAdmit,
  grantApi,
  grantDispatch,
  grantMetadata,
  grantNotify,
  grantSocket,
  grantSweep,
} from './grants.ts';
import type { SignIn } from './issuer.ts';
import { limitsOnRequest, limitsOnSight } from './limits.ts';
import type { Inside } from './network-stack.ts';
import { jwtAuthorizer, openRoutes } from './sign-in.ts';

/** How often somebody looks after what no message will heal. */
const SWEEP_EVERY = Duration.minutes(5);
/** API Gateway gives up on an integration after 30 seconds. */
const ANSWER_TIMEOUT = Duration.seconds(29);
/** MiB of the metadata function, and what of it Node takes: the rest is FFmpeg's. */
const METADATA_MEMORY = 2048;
const NODE_MEMORY = 512;
/** Every warm dispatch function holds one connection to the broker. */
const DISPATCH_CONCURRENCY = 10;

export interface ApiStackProps extends StackProps {
  config: Config;
  data: DataStack;
  artifacts: Artifacts;
  /** In AWS, the broker's stack; on one machine, what the settings say. */
  broker: Broker | ((stack: Stack) => Broker);
  /** Who signs people in, where they have to. */
  signIn?: SignIn | undefined;
  /** Where functions are that reach the broker, unless it has a public address. */
  inside?: Inside | undefined;
}

/** What people call, and the functions behind it. */
export class ApiStack extends Stack {
  readonly estate: Estate;
  readonly http: apigateway.HttpApi;
  readonly socket: apigateway.WebSocketStage;
  /** In AWS: what the distribution adds to each request; the APIs refuse those that do not have it. */
  private readonly originSecret: secrets.Secret | undefined;
  /** In AWS, where people sign in: what files are signed out with. What it holds is made with the distribution. */
  readonly signingSecret: secrets.Secret | undefined;
  /** Handed batches of tasks by the broker's event source mapping in AWS, by the bridge on one machine. */
  readonly metadata: lambda.Function;
  readonly broker: Broker;
  /** Where changes end that could not be told. */
  readonly deadChanges: sqs.Queue;
  private readonly config: Config;
  private readonly artifacts: Artifacts;
  private readonly signIn: SignIn | undefined;
  private readonly inside: Inside | undefined;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, data, artifacts, broker } = props;
    this.config = config;
    this.artifacts = artifacts;
    this.signIn = props.signIn;
    this.inside = props.inside;
    this.broker = typeof broker === 'function' ? broker(this) : broker;
    const signIn = config.target === 'aws' && this.signIn;
    this.signingSecret = signIn ? signingSecret(this, config) : undefined;
    this.estate = {
      signingSecretArn: config.target === 'aws' ? this.signingSecret?.secretArn : config.signingSecretArn,
      table: data.table,
      uploads: data.uploads,
      files: data.files,
      sourceQueue: data.sourceQueue,
      brokerSecretArn: this.broker.secretArn,
    };

    this.originSecret = config.target === 'aws' ? originSecret(this, config) : undefined;
    this.http = this.httpApi();
    this.socket = this.socketApi();
    this.dispatch(data.sourceQueue);
    this.deadChanges = this.notify(this.socket);
    this.metadata = this.metadataFunction();
    this.sweep();

    new CfnOutput(this, 'ApiUrl', { value: address(config, 'http', this.http.apiId, this.http.apiEndpoint) });
    new CfnOutput(this, 'SocketUrl', {
      value: address(config, 'ws', this.socket.api.apiId, this.socket.url, this.socket.stageName),
    });
    new CfnOutput(this, 'MetadataFunctionName', { value: this.metadata.functionName });
  }

  /** Every path goes to the one function, which routes by itself; preflights are answered without waking it. */
  private httpApi(): apigateway.HttpApi {
    const api = zipFunction(this, 'Api', this.config, this.artifacts.zip('api'), {
      description: 'The HTTP API: uploads, records, documentation',
      // For its share of the processor: it parses forms of some megabytes.
      memorySize: 1024,
      timeout: ANSWER_TIMEOUT,
      environment: {
        ...this.table(),
        ...this.buckets(),
        SOURCE_QUEUE_URL: this.estate.sourceQueue.queueUrl,
        REELIGHT_VERSION: reelight.version,
        ...limitsOnRequest(this.config),
        // Which it only tells.
        ...limitsOnSight(this.config),
        ...this.whoMayCome(),
        ...(this.estate.signingSecretArn && { SIGNING_SECRET_ARN: this.estate.signingSecretArn }),
      },
    });
    grantApi(api, this.estate);
    const integration = new HttpLambdaIntegration('ApiIntegration', api);
    const httpApi = new apigateway.HttpApi(this, 'HttpApi', {
      apiName: `${this.config.name}-http`,
      description: 'Reelight over HTTP',
      createDefaultStage: false,
      defaultIntegration: integration,
      ...(this.signIn && { defaultAuthorizer: jwtAuthorizer(this.signIn) }),
      corsPreflight: {
        allowOrigins: this.config.allowedOrigins,
        allowMethods: CORS.methods.map((method) => apigateway.CorsHttpMethod[method]),
        allowHeaders: [...CORS.requestHeaders],
        exposeHeaders: [...CORS.responseHeaders],
        maxAge: Duration.seconds(CORS.maxAgeSeconds),
      },
    });
    if (this.config.target === 'emulator') respellCors(httpApi);
    if (this.signIn) openRoutes(httpApi, integration);
    else acknowledge(httpApi, 'AwsSolutions-APIG4', 'Sign-in is off by setting (auth).');
    new apigateway.HttpStage(this, 'HttpStage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      ...throttle(this.config),
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(
          new logs.LogGroup(this, 'HttpAccessLogs', {
            retention: this.config.logRetentionDays,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
      },
    });
    return httpApi;
  }

  private socketApi(): apigateway.WebSocketStage {
    const api = new apigateway.WebSocketApi(this, 'SocketApi', {
      apiName: `${this.config.name}-socket`,
      description: 'Reelight over WebSocket',
    });
    const stage = new apigateway.WebSocketStage(this, 'SocketStage', {
      webSocketApi: api,
      stageName: 'live',
      autoDeploy: true,
      ...throttle(this.config),
    });
    const socket = zipFunction(this, 'Socket', this.config, this.artifacts.zip('socket'), {
      description: 'The WebSocket API: connections, subscriptions',
      memorySize: 512,
      timeout: ANSWER_TIMEOUT,
      environment: {
        ...this.table(),
        SOCKET_ENDPOINT: callbackUrl(this.config, stage),
        ALLOWED_ORIGINS: this.config.allowedOrigins.join(','),
        ...this.whoMayCome(),
      },
    });
    grantSocket(socket, this.estate, stage);
    for (const route of ['$connect', '$disconnect', '$default']) {
      const authorizer = route === '$connect' ? this.ticketAuthorizer() : undefined;
      const integration = new WebSocketLambdaIntegration(`${route.slice(1)}Integration`, socket);
      const added = api.addRoute(route, { integration, ...(authorizer && { authorizer }) });
      if (this.signIn && !authorizer) {
        acknowledge(
          added,
          'AwsSolutions-APIG4',
          'It is for who has connected, and only $connect can have an authorizer.',
        );
      }
    }
    if (!this.signIn) acknowledge(api, 'AwsSolutions-APIG4', 'Sign-in is off by setting (auth).');
    acknowledge(stage, 'AwsSolutions-APIG1', 'It would need a role that is set for all APIs of the account at once.');
    return stage;
  }

  /** Who connects shows a ticket: a browser could send a token only in the address, where logs would keep it. */
  private ticketAuthorizer(): WebSocketLambdaAuthorizer | undefined {
    if (!this.signIn) return undefined;
    const admit = zipFunction(this, 'Admit', this.config, this.artifacts.zip('admit'), {
      description: 'Takes the ticket of who opens a WebSocket',
      memorySize: 512,
      timeout: Duration.seconds(10),
      environment: this.table(),
    });
    grantAdmit(admit, this.estate);
    return new WebSocketLambdaAuthorizer('Ticket', admit, { identitySource: ['route.request.querystring.ticket'] });
  }

  /** Sources that have arrived become tasks. */
  private dispatch(sources: sqs.Queue): void {
    const dispatch = zipFunction(this, 'Dispatch', this.config, this.artifacts.zip('dispatch'), {
      description: 'Hands sources that have arrived to the workers',
      memorySize: 512,
      timeout: DISPATCH_TIMEOUT,
      environment: { ...this.table(), ...this.buckets(), ...this.brokerAccess() },
      inside: this.inside,
    });
    grantDispatch(dispatch, this.estate);
    dispatch.addEventSource(
      new SqsEventSource(sources, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: DISPATCH_CONCURRENCY,
      }),
    );
  }

  /** Every change of a video's record, and every new connection, is told to whom it concerns. */
  private notify(stage: apigateway.WebSocketStage): sqs.Queue {
    const notify = zipFunction(this, 'Notify', this.config, this.artifacts.zip('notify'), {
      description: 'Tells clients what changed',
      memorySize: 512,
      timeout: Duration.seconds(30),
      environment: { ...this.table(), SOCKET_ENDPOINT: callbackUrl(this.config, stage) },
    });
    grantNotify(notify, this.estate, stage);
    const failures = new sqs.Queue(this, 'NotifyFailures', queueDefaults(this.config));
    acknowledge(failures, 'AwsSolutions-SQS3', 'It is where what failed ends.');
    tellChanges(this, this.estate.table, notify, failures);
    return failures;
  }

  private metadataFunction(): lambda.Function {
    const { config, artifacts } = this;
    const needs: FunctionNeeds = {
      description: 'Writes down what can be known about a source',
      // FFmpeg decodes the first frame, of 8K sources too.
      memorySize: METADATA_MEMORY,
      timeout: Duration.minutes(2),
      environment: {
        ...this.table(),
        ...this.buckets(),
        ...this.brokerAccess(),
        ...limitsOnSight(config),
        FFMPEG_MEMORY_MIB: String(METADATA_MEMORY - NODE_MEMORY),
        ...ffmpeg(config),
      },
      inside: this.inside,
    };
    const metadata =
      config.target === 'aws'
        ? imageFunction(this, 'Metadata', config, artifacts.metadataImage(), needs)
        : zipFunction(this, 'Metadata', config, artifacts.zip('metadata'), needs);
    grantMetadata(metadata, this.estate);
    return metadata;
  }

  private sweep(): void {
    const sweep = zipFunction(this, 'Sweep', this.config, this.artifacts.zip('sweep'), {
      description: 'Looks after uploads and videos that no message will heal',
      memorySize: 512,
      // The next tick finds what this one did not come to.
      timeout: SWEEP_EVERY,
      environment: {
        ...this.table(),
        ...this.buckets(),
        ...this.brokerAccess(),
        SOURCE_QUEUE_URL: this.estate.sourceQueue.queueUrl,
      },
      inside: this.inside,
    });
    grantSweep(sweep, this.estate);
    new events.Rule(this, 'SweepClock', {
      description: 'Has videos without a sign of life looked after',
      schedule: events.Schedule.rate(SWEEP_EVERY),
      // What failed is met again at the next tick: no repeat, and nothing to keep.
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    });
    new CfnOutput(this, 'SweepFunctionName', { value: sweep.functionName });
  }

  private table() {
    return { TABLE_NAME: this.estate.table.tableName };
  }

  private buckets() {
    return { UPLOADS_BUCKET: this.estate.uploads.bucketName, FILES_BUCKET: this.estate.files.bucketName };
  }

  private brokerAccess() {
    return { BROKER_URL: this.broker.url, BROKER_SECRET_ARN: this.broker.secretArn };
  }

  private whoMayCome(): Record<string, string> {
    return { ...this.edgeOnly(), ...(this.signIn && { SIGN_IN: 'oidc' }) };
  }

  private edgeOnly(): Record<string, string> {
    return this.originSecret ? { ORIGIN_SECRET: this.originSecret.secretValue.unsafeUnwrap() } : {};
  }
}
