import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Code, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import { afterAll } from 'vitest';
import cdkJson from '../cdk.json' with { type: 'json' };
import type { Artifacts } from './artifacts.ts';
import { type ConfigFile, readConfig } from './config.ts';
import { defineStacks } from './stacks.ts';

/** What is deployed: to AWS, each preset as it is, and prod with all there can be; and to the emulator. */
export const DEPLOYMENTS = {
  dev: { preset: 'dev' },
  prod: { preset: 'prod' },
  elsewhere: {
    preset: 'prod',
    name: 'staging',
    region: 'eu-west-1',
    network: 'nat',
    brokerNodes: 3,
    domainName: 'video.example.com',
    hostedZoneId: 'Z0123456789',
    hostedZoneName: 'example.com',
    alarmEmail: 'ops@example.com',
    workersMin: 0,
  },
  emulator: { target: 'emulator' },
} as const;
export type Deployment = keyof typeof DEPLOYMENTS;
/** Of each target one: for what is the same in all of them. */
export const TARGETS = ['prod', 'emulator'] as const satisfies Deployment[];
export const ON_AWS = ['dev', 'prod', 'elsewhere'] as const satisfies Deployment[];

/** What makes people sign in on one machine. */
export const SIGN_IN = {
  auth: 'oidc',
  oidcIssuer: 'http://localhost:8001',
  oidcClientId: 'reelight',
  signingSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:signing-AbCdEf',
} as const;

/** Where assemblies are written; each has to have a folder of its own. */
const OUT = mkdtempSync(join(tmpdir(), 'reelight-assemblies-'));
afterAll(() => rmSync(OUT, { recursive: true, force: true }));

type Settings = Record<string, string | number | boolean | string[]>;

/** One resource of a template, as CloudFormation sees it. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
}

/** Stacks by what they are for; one that this deployment does not have is none of the test's business. */
export interface Templates {
  [stack: string]: Template;
}

const made = new Map<string, ReturnType<typeof define> & { templates: Templates }>();

/** The application, synthesized, with stand-ins for what is bundled. Made once for all tests of a file. */
export function synthesized(deployment: Deployment, settings: Settings = {}) {
  const key = JSON.stringify([deployment, settings]);
  const known = made.get(key);
  if (known) return known;
  const defined = define(deployment, settings);
  const templates: Templates = Object.fromEntries(
    Object.entries(defined.stacks).map(([name, stack]) => [name, Template.fromStack(stack)]),
  );
  made.set(key, { ...defined, templates });
  return { ...defined, templates };
}

export function templates(deployment: Deployment, settings: Settings = {}): Templates {
  return synthesized(deployment, settings).templates;
}

/** The template of one stack. */
export function template(deployment: Deployment, stack: string, settings: Settings = {}): Template {
  const found = templates(deployment, settings)[stack];
  if (!found) throw new Error(`${deployment} has no stack ${stack}.`);
  return found;
}

/** The application, to be synthesized. */
export function define(deployment: Deployment, settings: Settings = {}, file: ConfigFile = {}) {
  // CDK checks each synthesis by CloudFormation's rules, which takes seconds: stacks.test.ts does it for all.
  process.env.CDK_VALIDATION ??= 'false';
  const given = { ...DEPLOYMENTS[deployment], ...settings };
  // Nobody deploys these: assets are named by what is in them, and stay where they are.
  const context = { ...cdkJson.context, 'aws:cdk:disable-asset-staging': true };
  const app = new App({ context, analyticsReporting: false, outdir: mkdtempSync(join(OUT, 'app-')) });
  return { app, stacks: defineStacks(app, readConfig(given, file), standIns()) };
}

function standIns(): Artifacts {
  const elsewhere = new Stack(new App({ outdir: mkdtempSync(join(OUT, 'images-')) }), 'Elsewhere', {
    env: { account: '123456789012', region: 'eu-west-1' },
  });
  const images = Repository.fromRepositoryName(elsewhere, 'Images', 'images');
  // Any folder will do.
  const folder = join(import.meta.dirname, 'edge');
  return {
    zip: () => Code.fromInline('export const handler = () => {}'),
    metadataImage: () => DockerImageCode.fromEcr(images),
    enhancerImage: () => ContainerImage.fromEcrRepository(images),
    site: () => ({
      assets: folder,
      docs: folder,
      html: (storage, signIn) => `<!doctype html>${storage} ${signIn?.origins} ${signIn?.clientId}`,
    }),
  };
}

export function resources(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}

/** The one resource of a type whose logical id begins so. */
export function resource(template: Template, type: string, idPrefix: string): Resource {
  const [found, ...more] = resources(template, type).filter(([id]) => id.startsWith(idPrefix));
  if (!found || more.length > 0) throw new Error(`There is not exactly one ${type} named ${idPrefix}…`);
  return found[1];
}
