import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { BundleName } from './bundle.ts';
import type { Config } from './config.ts';

/** Where the code of the functions comes from. */
export interface FunctionCode {
  /** One bundled function: `index.mjs` with `handler`. */
  zip(name: BundleName): lambda.Code;
  /** The metadata function with its FFmpeg, where functions can be images. */
  metadataImage(): lambda.DockerImageCode;
}

export interface FunctionNeeds {
  description: string;
  /** MiB; a full core comes at 1,769. */
  memorySize: number;
  timeout: Duration;
  environment: Record<string, string>;
}

/** A function made of one bundle. */
export function zipFunction(
  scope: Construct,
  id: string,
  config: Config,
  code: lambda.Code,
  needs: FunctionNeeds,
): lambda.Function {
  return new lambda.Function(scope, id, {
    ...common(scope, id, config, needs),
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code,
  });
}

/** A function made of an image. */
export function imageFunction(
  scope: Construct,
  id: string,
  config: Config,
  code: lambda.DockerImageCode,
  needs: FunctionNeeds,
): lambda.Function {
  return new lambda.DockerImageFunction(scope, id, { ...common(scope, id, config, needs), code });
}

/** Each function has a role of its own, which may write to its own log group and nothing else until it is granted. */
function common(scope: Construct, id: string, config: Config, needs: FunctionNeeds) {
  const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
    retention: config.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(scope, `${id}Role`, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: `What the ${id} function of ${Stack.of(scope).stackName} may do`,
  });
  logGroup.grantWrite(role);
  return {
    ...needs,
    role,
    logGroup,
    environment: { ...needs.environment, ...endpoint(config) },
    architecture: architecture(config),
    loggingFormat: lambda.LoggingFormat.JSON,
    systemLogLevelV2: lambda.SystemLogLevel.WARN,
    // No tracing mode: Lambda's own default hands on the trace header that came, and asking for it by name would add
    // the right to write segments to any trace.
  };
}

/** The emulator runs functions on the machine that it runs on itself. */
function architecture(config: Config): lambda.Architecture {
  if (config.target === 'emulator' && process.arch === 'x64') return lambda.Architecture.X86_64;
  return lambda.Architecture.ARM_64;
}

/** Signed URLs begin with the endpoint, so it is the one that browsers can reach, too. */
function endpoint(config: Config): Record<string, string> {
  return config.target === 'emulator' ? { AWS_ENDPOINT_URL: config.emulatorUrl } : {};
}
