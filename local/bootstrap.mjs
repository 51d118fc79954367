// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder } from './setup/folder.mjs';
import { tryLock } from './setup/lock.mjs';
import { explain, install, missing, obstacleTo, venvsOf } from './setup/machine.mjs';
import { installNpmPackages, nodeProgram, npmPackagesAreCurrent } from './setup/npm.mjs';
import { SetupError, say } from './setup/say.mjs';
import { endingWithParent } from './setup/tools.mjs';

/*
 * node local/bootstrap.mjs [--tests] [--node-only] [script] [arguments…]
 *
 * Makes sure that all is there that the script needs, says what it installs, and runs the script on Node 24. Plain
 * JavaScript without a dependency, since nothing may be installed yet. Silent and quick when all is there.
 */
/** How often to look whether npm is still there. */
const PARENT_MS = 1_000;

const local = dirname(fileURLToPath(import.meta.url));
const root = dirname(local);

// npm's shell passes no signals on: when npm is ended, all that can be seen here is that our parent is gone.
const parent = process.ppid;
const isOrphan = () => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent;

try {
  const { tests, nodeOnly, script, args } = readArguments(process.argv.slice(2));
  const home = resolve(root, process.env.REELIGHT_HOME || '.reelight');
  // It holds passwords.
  makeHome(home);
  const wanted = { home, local, tests, docker: args.includes('--docker'), env: process.env };
  const found = await setUp(wanted, nodeOnly);
  if (script && !isOrphan()) start(script, args, nodeOnly ? {} : environmentFor(wanted));
  else if (!script && found) say('Reelight: everything is there already.');
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`Reelight: ${error.message}`);
  process.exitCode = 1;
}

/** @param {string} home */
function makeHome(home) {
  try {
    makeFolder(home, 0o700);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new SetupError(`there can be no folder ${home} (${code}): choose another by REELIGHT_HOME.`);
  }
}

/** Options of ours come before the script, everything after it is the script's. @param {string[]} argv */
function readArguments(argv) {
  const at = argv.findIndex((argument) => !argument.startsWith('--'));
  const options = at < 0 ? argv : argv.slice(0, at);
  const unknown = options.find((option) => option !== '--tests' && option !== '--node-only');
  if (unknown) throw new SetupError(`unknown option ${unknown} before the script's name.`);
  const [script, ...args] = at < 0 ? [] : argv.slice(at);
  return { tests: options.includes('--tests'), nodeOnly: options.includes('--node-only'), script, args };
}

/**
 * @param {import('./setup/machine.mjs').Wanted} wanted @param {boolean} nodeOnly
 * @returns {Promise<boolean>} whether all was there already
 */
async function setUp(wanted, nodeOnly) {
  if (isComplete(wanted, nodeOnly)) return true;
  const lock = await lockSetup();
  try {
    // Whoever held the lock may have done it all.
    const npm = !npmPackagesAreCurrent(root);
    const lacks = nodeOnly ? undefined : missing(wanted);
    const lines = [
      ...(npm ? ['npm packages, into node_modules: the libraries and tools of this project, Node 24 among them'] : []),
      ...(lacks ? explain(lacks, wanted) : []),
    ];
    if (lines.length === 0) return true;
    const obstacle = lacks && obstacleTo(lacks);
    if (obstacle) throw new SetupError(obstacle);
    say('Reelight installs what this machine lacks (once):');
    for (const line of lines) say(`  - ${line}`);
    if (npm) await installNpmPackages(root);
    if (lacks) await install(lacks, wanted);
    say('Reelight: everything is installed.');
    return false;
  } finally {
    lock.release();
  }
}

/** @param {import('./setup/machine.mjs').Wanted} wanted @param {boolean} nodeOnly */
function isComplete(wanted, nodeOnly) {
  return npmPackagesAreCurrent(root) && (nodeOnly || !Object.values(missing(wanted)).some(Boolean));
}

/** One setup at a time. The lock is in the checkout, wherever the home is: they share node_modules and the machine. */
async function lockSetup() {
  for (let told = false; ; told = true) {
    const lock = tryLock(join(root, '.reelight', 'setup.lock'));
    if ('release' in lock) return lock;
    if (!told) say(`Reelight: waiting for another setup to finish (process ${lock.holder.pid}) …`);
    await sleep(500);
  }
}

/** @param {import('./setup/machine.mjs').Wanted} wanted */
function environmentFor(wanted) {
  const { emulator, tests } = venvsOf(wanted);
  return { REELIGHT_VENV: emulator.folder, ...(wanted.tests ? { REELIGHT_TEST_VENV: tests.folder } : {}) };
}

/** @param {string} script @param {string[]} args @param {Record<string, string>} env */
function start(script, args, env) {
  const bin = dirname(nodeProgram(root));
  const PATH = [bin, ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin)].join(delimiter);
  const [command, line] = endingWithParent(nodeProgram(root), [script, ...args]);
  const child = spawn(command, line, { stdio: 'inherit', env: { ...process.env, ...env, PATH } });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // A terminal's Ctrl-C reaches the script by itself: handing it on would look like a second one.
    const byTerminal = signal === 'SIGINT' && process.stdin.isTTY;
    process.on(signal, () => byTerminal || child.kill(signal));
  }
  const watching = setInterval(() => {
    if (!isOrphan()) return;
    // Once: a second one would mean "at once".
    clearInterval(watching);
    child.kill('SIGTERM');
  }, PARENT_MS);
  child.on('error', (error) => {
    say(`Reelight: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}
