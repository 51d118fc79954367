import { App, IgnoreMode } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Code, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import { BUNDLE_NAMES, bundle, ROOT } from './bundle.ts';
import { ConfigError, readConfig } from './config.ts';
import { defineStacks } from './stacks.ts';

/*
 * The CDK application: `npx cdk synth` for AWS, `npx cdk synth -c target=emulator` for one machine. Settings are in
 * config.ts.
 */

/** What the image is built from; the rest of the tree must not change its hash. */
const IMAGE_SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'core', 'pipeline', 'adapters'];
const IMAGE_ENTRIES = ['containers', 'lambdas', 'infra/bundle.ts', 'infra/bundling', 'infra/fingerprint.ts'];

try {
  const app = new App();
  const config = readConfig(app.node.getAllContext());
  const folders = await bundle(BUNDLE_NAMES);
  defineStacks(app, config, {
    zip: (name) => Code.fromAsset(folders[name]),
    metadataImage: () =>
      DockerImageCode.fromImageAsset(ROOT, {
        file: 'containers/enhancer/Dockerfile',
        target: 'metadata',
        platform: Platform.LINUX_ARM64,
        ignoreMode: IgnoreMode.DOCKER,
        exclude: ['**', ...[...IMAGE_SOURCES, ...IMAGE_ENTRIES].map((path) => `!${path}`), '**/*.test.ts'],
      }),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
