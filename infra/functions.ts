import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';
import { allowNetworkInterfaces } from './grants.ts';
import type { Inside } from './network-stack.ts';

export interface FunctionNeeds {
  description: string;
  /** MiB; a full core comes at 1,769. */
  memorySize: number;
  timeout: Duration;
  environment: Record<string, string>;
  /** For those that reach a broker without a public address. */
  inside?: Inside | undefined;
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
function common(scope: Construct, id: string, config: Config, { inside, ...needs }: FunctionNeeds) {
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
    ...tracing(config, role),
    ...(inside && within(inside, role)),
  };
}

/**
 * X-Ray sees what each call took, with the trace that came with it. Elsewhere Lambda's own default hands the trace on,
 * and asking for that by name would add the right to write segments to any trace.
 */
function tracing(config: Config, role: iam.Role): Pick<lambda.FunctionOptions, 'tracing'> {
  if (config.target !== 'aws' || !config.tracing) return {};
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'X-Ray has no resources that could be named.');
  return { tracing: lambda.Tracing.ACTIVE };
}

function within(
  { vpc, subnets, functions }: Inside,
  role: iam.Role,
): Pick<lambda.FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> & { securityGroups: ec2.ISecurityGroup[] } {
  allowNetworkInterfaces(role);
  return { vpc, vpcSubnets: subnets, securityGroups: [functions] };
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

/** The emulator's functions use the machine's FFmpeg; in AWS it comes with the image. */
export function ffmpeg(config: Config): Record<string, string> {
  if (config.target !== 'emulator') return {};
  const { ffmpegPath, ffprobePath } = config;
  return { ...(ffmpegPath && { FFMPEG_PATH: ffmpegPath }), ...(ffprobePath && { FFPROBE_PATH: ffprobePath }) };
}

/** The functions of a stack, but for the construct library's own. */
export function functionsIn(stack: Stack): lambda.Function[] {
  return stack.node.children.filter((child) => child instanceof lambda.Function);
}

export function functionNamed(stack: Stack, name: string): lambda.Function {
  const found = functionsIn(stack).find(({ node }) => node.id === name);
  if (!found) throw new Error(`There is no function ${name} in ${stack.stackName}.`);
  return found;
}
