import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Code, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../cdk.json' with { type: 'json' };
import { readConfig } from './config.ts';
import { defineStacks } from './stacks.ts';

export const TARGETS = ['aws', 'emulator'] as const;
type Target = (typeof TARGETS)[number];

/** One resource of a template, as CloudFormation sees it. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
}

/** The application's templates, with stand-ins for the functions' code. */
export function templates(target: Target, settings: Record<string, string> = {}) {
  const { stacks } = define(target, settings);
  const [data, api, oneMachine] = Object.values(stacks).map((stack) => Template.fromStack(stack));
  if (!data || !api) throw new Error('The application has no stacks.');
  return { data, api, oneMachine, all: [data, api, ...(oneMachine ? [oneMachine] : [])] };
}

/** The application, to be synthesized. */
export function define(target: Target, settings: Record<string, string> = {}) {
  // CDK checks each synthesis by CloudFormation's rules, which takes seconds: one test does it for all.
  process.env.CDK_VALIDATION ??= 'false';
  const context = { ...cdkJson.context, target, ...settings };
  const app = new App({ context, analyticsReporting: false });
  const elsewhere = new Stack(new App(), 'Elsewhere', { env: { account: '123456789012', region: 'eu-west-1' } });
  const images = Repository.fromRepositoryName(elsewhere, 'Images', 'images');
  const stacks = defineStacks(app, readConfig(context), {
    zip: () => Code.fromInline('export const handler = () => {}'),
    metadataImage: () => DockerImageCode.fromEcr(images),
  });
  return { app, stacks };
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
