import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/*
 * The test command: format, lint, types and import direction, then unit tests, then integration tests against the
 * running pipeline. Everything runs even if something failed before. What failed is named again at the end, where it is
 * found in a log of thousands of lines; the last line counts.
 */

interface Outcome {
  passed: number;
  /** One line or more for each that failed: where, and the first line of why. */
  failures: string[];
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
const total: Outcome = { passed: 0, failures: [] };

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
if (total.failures.length > 0) console.log(`\nFailed:\n${total.failures.join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failures.length} failed`);
process.exitCode = interrupted || total.failures.length > 0 ? 1 : 0;

function count({ passed, failures }: Outcome): void {
  total.passed += passed;
  total.failures.push(...failures);
}

async function check(name: string, [command = '', ...args]: string[]): Promise<Outcome> {
  const ok = (await run(command, args)) === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  return { passed: ok ? 1 : 0, failures: ok ? [] : [`  ${name}`] };
}

/** What we read of vitest's JSON report, which is Jest's. */
interface Report {
  numPassedTests: number;
  testResults: {
    /** The path of the file. */
    name: string;
    status: 'passed' | 'failed';
    /** Why the file could not be loaded. */
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

async function vitest(project: string, files: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const file = join(tmpdir(), `reelight-${project}-${process.pid}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run('vitest', ['run', '--project', project, ...reporters, ...files], env);
  try {
    const report: Report = JSON.parse(await readFile(file, 'utf8'));
    const failures = report.testResults.flatMap((suite) => failuresOf(project, suite));
    // An error outside of every test fails the run, too.
    if (code !== 0 && failures.length === 0) failures.push(`  ${project}: vitest ended with ${code}`);
    return { passed: report.numPassedTests, failures };
  } catch (error) {
    return { passed: 0, failures: [`  ${project}: left no report (${error})`] };
  } finally {
    await rm(file, { force: true });
  }
}

function failuresOf(project: string, { name, status, message, assertionResults }: Report['testResults'][0]): string[] {
  const path = `${project} ${relative(process.cwd(), name)}`;
  const failed = assertionResults.filter((test) => test.status === 'failed');
  // A file that could not be loaded has no failed test, but it has failed.
  if (failed.length === 0) return status === 'failed' ? [`  ${path}\n    ${firstLine(message)}`] : [];
  return failed.map(({ fullName, failureMessages: [why = ''] }) => `  ${path}: ${fullName}\n    ${firstLine(why)}`);
}

function firstLine(text: string): string {
  return stripVTControlCharacters(text).split('\n', 1)[0] ?? '';
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
