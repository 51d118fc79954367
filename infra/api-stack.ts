import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CORS } from '../core/cors.ts';
import reelight from '../package.json' with { type: 'json' };
import { type Broker, brokerFor } from './broker.ts';
import type { Config } from './config.ts';
import { type DataStack, DISPATCH_TIMEOUT, queueDefaults } from './data-stack.ts';
import { type FunctionCode, type FunctionNeeds, imageFunction, zipFunction } from './functions.ts';
import { type Estate, grantApi, grantDispatch, grantMetadata, grantNotify, grantSocket, grantSweep } from './grants.ts';

/** How often somebody looks after what no message will heal. */
const SWEEP_EVERY = Duration.minutes(5);
/** API Gateway gives up on an integration after 30 seconds. */
const ANSWER_TIMEOUT = Duration.seconds(29);
/** Every warm dispatch function holds one connection to the broker. */
const DISPATCH_CONCURRENCY = 10;

export interface ApiStackProps extends StackProps {
  config: Config;
  data: DataStack;
  code: FunctionCode;
}

/** What people call, and the functions behind it. */
export class ApiStack extends Stack {
  readonly broker: Broker;
  /** Handed batches of tasks by the broker's event source mapping in AWS, by the bridge on one machine. */
  readonly metadata: lambda.Function;
  private readonly config: Config;
  private readonly code: FunctionCode;
  private readonly estate: Estate;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, data, code } = props;
    this.config = config;
    this.code = code;
    this.broker = brokerFor(this, config);
    this.estate = {
      table: data.table,
      uploads: data.uploads,
      files: data.files,
      sourceQueue: data.sourceQueue,
      brokerSecretArn: this.broker.secretArn,
    };

    const http = this.httpApi();
    const socket = this.socketApi();
    this.dispatch(data.sourceQueue);
    this.notify(socket);
    this.metadata = this.metadataFunction();
    this.sweep();

    new CfnOutput(this, 'ApiUrl', { value: this.address('http', http.apiId, http.apiEndpoint) });
    new CfnOutput(this, 'SocketUrl', { value: this.address('ws', socket.api.apiId, socket.url, socket.stageName) });
    new CfnOutput(this, 'MetadataFunctionName', { value: this.metadata.functionName });
  }

  /** Every path goes to the one function, which routes by itself; preflights are answered without waking it. */
  private httpApi(): apigateway.HttpApi {
    const api = zipFunction(this, 'Api', this.config, this.code.zip('api'), {
      description: 'The HTTP API: uploads, records, documentation',
      // For its share of the processor: it parses forms of some megabytes.
      memorySize: 1024,
      timeout: ANSWER_TIMEOUT,
      environment: {
        ...this.table(),
        ...this.buckets(),
        SOURCE_QUEUE_URL: this.estate.sourceQueue.queueUrl,
        REELIGHT_VERSION: reelight.version,
        MAX_UPLOAD_BYTES: String(this.config.maxUploadBytes),
      },
    });
    grantApi(api, this.estate);
    const httpApi = new apigateway.HttpApi(this, 'HttpApi', {
      apiName: `${this.config.name}-http`,
      description: 'Reelight over HTTP',
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('ApiIntegration', api),
      corsPreflight: {
        allowOrigins: this.config.allowedOrigins,
        allowMethods: CORS.methods.map((method) => apigateway.CorsHttpMethod[method]),
        allowHeaders: [...CORS.requestHeaders],
        exposeHeaders: [...CORS.responseHeaders],
        maxAge: Duration.seconds(CORS.maxAgeSeconds),
      },
    });
    if (this.config.target === 'emulator') respellCors(httpApi);
    new apigateway.HttpStage(this, 'HttpStage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
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
    });
    const socket = zipFunction(this, 'Socket', this.config, this.code.zip('socket'), {
      description: 'The WebSocket API: connections, subscriptions',
      memorySize: 512,
      timeout: ANSWER_TIMEOUT,
      environment: {
        ...this.table(),
        SOCKET_ENDPOINT: this.callbackUrl(stage),
        ALLOWED_ORIGINS: this.config.allowedOrigins.join(','),
      },
    });
    grantSocket(socket, this.estate, stage);
    for (const route of ['$connect', '$disconnect', '$default']) {
      api.addRoute(route, { integration: new WebSocketLambdaIntegration(`${route.slice(1)}Integration`, socket) });
    }
    return stage;
  }

  /** Sources that have arrived become tasks. */
  private dispatch(sources: sqs.Queue): void {
    const dispatch = zipFunction(this, 'Dispatch', this.config, this.code.zip('dispatch'), {
      description: 'Hands sources that have arrived to the workers',
      memorySize: 512,
      timeout: DISPATCH_TIMEOUT,
      environment: { ...this.table(), ...this.buckets(), ...this.brokerAccess() },
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
  private notify(stage: apigateway.WebSocketStage): void {
    const notify = zipFunction(this, 'Notify', this.config, this.code.zip('notify'), {
      description: 'Tells clients what changed',
      memorySize: 512,
      timeout: Duration.seconds(30),
      environment: { ...this.table(), SOCKET_ENDPOINT: this.callbackUrl(stage) },
    });
    grantNotify(notify, this.estate, stage);
    const { tableStreamArn } = this.estate.table;
    if (!tableStreamArn) throw new Error('The table has no stream.');
    new lambda.EventSourceMapping(this, 'Changes', {
      target: notify,
      eventSourceArn: tableStreamArn,
      // From the oldest record there is: with LATEST, changes made while the mapping is being set up would be lost.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: { Keys: { sk: { S: lambda.FilterRule.isEqual('VIDEO') } } },
        }),
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { pk: { S: lambda.FilterRule.beginsWith('CONN#') }, sk: { S: ['CONN'] } } },
        }),
      ],
      // Small batches, none waited for, several at once: a shard's records stay in order within each video.
      batchSize: 25,
      maxBatchingWindow: Duration.seconds(0),
      parallelizationFactor: 10,
      bisectBatchOnError: true,
      // A record that cannot be told holds up those behind it, and old news is no news: clients converge by snapshot.
      retryAttempts: 5,
      maxRecordAge: Duration.minutes(15),
      onFailure: new SqsDlq(new sqs.Queue(this, 'NotifyFailures', queueDefaults(this.config))),
    });
  }

  private metadataFunction(): lambda.Function {
    const { config, code } = this;
    const needs: FunctionNeeds = {
      description: 'Writes down what can be known about a source',
      // FFmpeg decodes the first frame, of 4K sources too.
      memorySize: 2048,
      timeout: Duration.minutes(2),
      environment: { ...this.table(), ...this.buckets(), ...this.brokerAccess(), ...ffmpeg(config) },
    };
    const metadata =
      config.target === 'aws'
        ? imageFunction(this, 'Metadata', config, code.metadataImage(), needs)
        : zipFunction(this, 'Metadata', config, code.zip('metadata'), needs);
    grantMetadata(metadata, this.estate);
    return metadata;
  }

  private sweep(): void {
    const sweep = zipFunction(this, 'Sweep', this.config, this.code.zip('sweep'), {
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

  /** Where functions post to connections. */
  private callbackUrl(stage: apigateway.WebSocketStage): string {
    return this.address('http', stage.api.apiId, stage.callbackUrl, stage.stageName);
  }

  /** The address in AWS, or the emulator's for the same API, which goes by path. */
  private address(scheme: 'http' | 'ws', apiId: string, aws: string, stage?: string): string {
    const { target, emulatorUrl } = this.config;
    if (target === 'aws') return aws;
    const base = emulatorUrl.replace(/^http/, scheme);
    return [base, '_aws/execute-api', apiId, stage ?? '$default'].join('/');
  }
}

function ffmpeg({ ffmpegPath, ffprobePath }: Config): Record<string, string> {
  return { ...(ffmpegPath && { FFMPEG_PATH: ffmpegPath }), ...(ffprobePath && { FFPROBE_PATH: ffprobePath }) };
}

/** The emulator reads this one property as the service's own API spells it, not as CloudFormation does. */
function respellCors(httpApi: apigateway.HttpApi): void {
  const api = httpApi.node.defaultChild as apigateway.CfnApi;
  const { maxAge, ...lists } = api.corsConfiguration as apigateway.CfnApi.CorsProperty;
  api.addPropertyOverride('CorsConfiguration', { ...lists, maxAge });
  const reason = 'The emulator reads the other spelling.';
  Validations.of(api).acknowledge({ id: 'CloudFormation-Validate::F3002', reason });
}
