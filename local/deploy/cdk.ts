import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { TransientError } from '../../core/errors.ts';
import { ROOT, readable } from '../home.ts';
import { pathWithNode, withoutCloud } from '../service-environment.ts';
import { endingWithParent } from '../setup/tools.mjs';

const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const OPTIONS = [
  ...['--all', '--require-approval', 'never', '--concurrency', '3'],
  // A change set first would be a second round of questions for each stack.
  ...['--method', 'direct', '--progress', 'events', '--no-color', '--ci'],
];
/** Of the log, when a deployment fails: enough to see why. */
const LAST_LINES = 15;

/**
 * Synthesizes and deploys every stack of the application with CDK's command line tool. What it says goes to
 * `<home>/logs/deploy.log`.
 *
 * @param settings of infra/config.ts
 * @param env where to deploy to, and as whom
 * @throws TransientError `deploy_failed` with the log's last lines
 */
export async function cdkDeploy(
  home: string,
  settings: Record<string, string>,
  env: Record<string, string>,
): Promise<void> {
  await mkdir(join(home, 'logs'), { recursive: true });
  const logFile = join(home, 'logs', 'deploy.log');
  const context = Object.entries(settings).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  const args = [CDK, 'deploy', ...OPTIONS, '--output', join(home, 'cdk.out'), ...context];
  const child = spawn(...endingWithParent(process.execPath, args), {
    cwd: ROOT,
    env: {
      ...withoutCloud(process.env),
      PATH: pathWithNode(),
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      // The tests check the templates by CloudFormation's rules; here it would take three seconds each time.
      CDK_VALIDATION: 'false',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  await finished(log.end());
  if (code === 0) return;
  const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  throw new TransientError('deploy_failed', `The stacks could not be deployed, see ${readable(logFile)}:\n${tail}`);
}
