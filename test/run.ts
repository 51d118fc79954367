import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * The test command: format, lint, types and import direction, then unit tests, then integration tests against the
 * running pipeline. Everything runs even if something failed before; the last line counts.
 */

interface Outcome {
  passed: number;
  failed: number;
}

const CHECKS: [string, string[]][] = [
  ['format, lint and direction of imports', ['biome', 'check', '.']],
  ['types', ['tsc', '--noEmit']],
  ['types of the page', ['tsc', '--noEmit', '-p', 'web']],
  ['types of the browser tests', ['tsc', '--noEmit', '-p', 'test/browser']],
];

/** What is different where people sign in, who may do what there, and a person's whole way by the page. */
const SIGNED_IN = [
  ...['auth', 'function-roles'].map((name) => `test/integration/${name}.test.ts`),
  ...['uploading', 'watching'].map((name) => `test/browser/${name}.test.ts`),
];

const wanted = process.argv.slice(2);
const wants = (name: string) => wanted.length === 0 || wanted.includes(name);
const total: Outcome = { passed: 0, failed: 0 };

const suites: (() => Promise<Outcome>)[] = [
  ...CHECKS.filter(() => wants('check')).map(
    ([name, command]) =>
      () =>
        check(name, command),
  ),
  ...['unit', 'corpus', 'hostile', 'integration'].filter(wants).map((project) => () => vitest(project)),
  // All of them run either way, but not both ways each time: `AUTH=oidc npm run test:integration`.
  ...['sign-in'].filter(wants).map(() => () => vitest('integration', SIGNED_IN, { AUTH: 'oidc' })),
];

/** The signal that came, if one did: the suite at hand is told to end, and no other begins. */
let interrupted: NodeJS.Signals | undefined;
let running: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    interrupted = signal;
    running?.kill(signal);
  });

for (const suite of suites) {
  if (interrupted) break;
  count(await suite());
}
if (interrupted) console.log(`\nStopped by ${interrupted}: what follows counts only the suites that ran.`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = interrupted || total.failed > 0 ? 1 : 0;

function count({ passed, failed }: Outcome): void {
  total.passed += passed;
  total.failed += failed;
}

async function check(name: string, [command = '', ...args]: string[]): Promise<Outcome> {
  const ok = (await run(command, args)) === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

async function vitest(project: string, files: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const report = join(tmpdir(), `reelight-${project}-${process.pid}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run('vitest', ['run', '--project', project, ...reporters, ...files], env);
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8'));
    // A suite that could not even be loaded has no failed test, but it has failed.
    return { passed: numPassedTests, failed: code === 0 ? numFailedTests : Math.max(1, numFailedTests) };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    await rm(report, { force: true });
  }
}

/** Runs a command of node_modules/.bin, which is first in PATH. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  running = child;
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
