import { join } from 'node:path';
import { App, IgnoreMode } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Code, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import settings from '../reelight.config.ts';
import type { Artifacts, Site } from './artifacts.ts';
import { BUNDLE_NAMES, bundle, ONE_MACHINE_BUNDLES, ROOT } from './bundle.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { gatherDocsAssets } from './docs-assets.ts';
import { buildPage, pageHtml } from './page.ts';
import { defineStacks } from './stacks.ts';

/*
 * The CDK application: `npx cdk synth` for AWS, `npx cdk synth -c target=emulator` for one machine. Settings are in
 * reelight.config.ts.
 */

/** What the images are built from; the rest of the tree must not change their hash. */
const IMAGE_SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'core', 'pipeline', 'adapters'];
const IMAGE_ENTRIES = [
  'LICENSE',
  'THIRD_PARTY_NOTICES.md',
  'containers',
  'lambdas',
  'infra/bundle.ts',
  'infra/bundling',
  'infra/fingerprint.ts',
];

/** Built by Docker when they are deployed; synthesis looks at their sources only. */
const image = (target: 'metadata' | 'enhancer') => ({
  file: 'containers/enhancer/Dockerfile',
  target,
  platform: Platform.LINUX_ARM64,
  ignoreMode: IgnoreMode.DOCKER,
  exclude: ['**', ...[...IMAGE_SOURCES, ...IMAGE_ENTRIES].map((path) => `!${path}`), '**/*.test.ts'],
});

async function artifactsFor({ target }: Config): Promise<Artifacts> {
  const folders: Record<string, string> = await bundle(target === 'aws' ? BUNDLE_NAMES : ONE_MACHINE_BUNDLES);
  const site = target === 'aws' ? await makeSite() : undefined;
  const made = <T>(what: T | undefined): T => {
    if (what === undefined) throw new Error(`That is not made for ${target}.`);
    return what;
  };
  return {
    zip: (name) => Code.fromAsset(made(folders[name])),
    metadataImage: () => DockerImageCode.fromImageAsset(ROOT, image('metadata')),
    enhancerImage: () => ContainerImage.fromAsset(ROOT, image('enhancer')),
    site: () => made(site),
  };
}

async function makeSite(): Promise<Site> {
  const page = await buildPage();
  return {
    assets: join(page, 'assets'),
    html: await pageHtml(page),
    docs: await gatherDocsAssets(join(ROOT, 'dist', 'docs-assets')),
  };
}

try {
  const app = new App();
  const config = readConfig(app.node.getAllContext(), settings);
  defineStacks(app, config, await artifactsFor(config));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
