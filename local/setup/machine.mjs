// @ts-check
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { asRoot, hasApt, installByApt } from './apt.mjs';
import { findPython, installVenv, venvIsCurrent } from './python.mjs';
import { findChromium, findFfmpeg, findProgram, findRabbitmq } from './tools.mjs';

/**
 * What the wanted command needs of the machine.
 *
 * @typedef {{ home: string, local: string, tests: boolean, docker: boolean, env: NodeJS.ProcessEnv }} Wanted
 * `local`: this folder's parent, with the requirements; `docker`: emulator and broker run in containers
 */

/** Where the environments are. @param {Wanted} wanted */
export function venvsOf({ home, local, env }) {
  return {
    emulator: { folder: env.REELIGHT_VENV || join(home, 'venv'), requirements: join(local, 'requirements.txt') },
    tests: {
      folder: env.REELIGHT_TEST_VENV || join(home, 'test-venv'),
      requirements: join(local, 'requirements-test.txt'),
    },
  };
}

/** What is missing. Looks at files only, so that it costs nothing when all is there. @param {Wanted} wanted */
export function missing(wanted) {
  const { emulator, tests } = venvsOf(wanted);
  const { ffmpeg, ffprobe } = findFfmpeg(wanted.env);
  return {
    ffmpeg: !ffmpeg || !ffprobe,
    rabbitmq: !wanted.docker && !wanted.env.RABBITMQ_URL && !findRabbitmq(wanted.env) && !usesDockerForRabbitmq(),
    emulator: !wanted.docker && !venvIsCurrent(emulator),
    tests: wanted.tests && !venvIsCurrent(tests),
    chromium: wanted.tests && !findChromium(wanted.env),
  };
}

/** For people: what will be installed, how and why. @param {ReturnType<typeof missing>} lacks @param {Wanted} wanted */
export function explain(lacks, wanted) {
  const { emulator, tests } = venvsOf(wanted);
  return [
    lacks.ffmpeg && 'FFmpeg, by apt: decodes, filters and encodes the videos',
    lacks.rabbitmq && 'RabbitMQ, by apt: carries the tasks; Reelight runs a private server of it',
    lacks.emulator && `MiniStack from PyPI, into ${emulator.folder}: stands in for AWS on this machine`,
    lacks.tests && `OpenCV, NumPy and three real clips from PyPI, into ${tests.folder}: what the tests compare with`,
    lacks.chromium && 'Chromium, by apt: the browser in which the tests use the page',
  ].filter((line) => typeof line === 'string');
}

/**
 * Why it cannot be installed from here, as one line that says what to do instead.
 *
 * @param {ReturnType<typeof missing>} lacks
 */
export function obstacleTo(lacks) {
  if (systemPackages(lacks).length === 0 || installer()) return undefined;
  return adviceFor({ ...lacks, python: pythonFor(lacks) }, hasApt());
}

/** @param {ReturnType<typeof missing>} lacks @param {Wanted} wanted */
export async function install(lacks, wanted) {
  const packages = systemPackages(lacks);
  const root = installer();
  if (root && packages.length > 0) await installByApt(packages, root);
  const { emulator, tests } = venvsOf(wanted);
  if (lacks.emulator) await installVenv('MiniStack', emulator, { complete: false });
  if (lacks.tests) await installVenv('Test tools', tests, { complete: true });
}

const installer = () => (hasApt() ? asRoot() : undefined);

/** What is missing of Python itself. @param {ReturnType<typeof missing>} lacks */
const pythonFor = (lacks) => (lacks.emulator || lacks.tests ? findPython().lacks : undefined);

/** As Debian calls them. @param {ReturnType<typeof missing>} lacks */
function systemPackages(lacks) {
  return [
    ...(lacks.ffmpeg ? ['ffmpeg'] : []),
    ...(lacks.rabbitmq ? ['rabbitmq-server'] : []),
    ...(pythonFor(lacks) ? ['python3', 'python3-venv'] : []),
    ...(lacks.chromium ? ['chromium'] : []),
  ];
}

/**
 * One line that says what to do about what cannot be installed from here.
 *
 * @param {{ ffmpeg: boolean, rabbitmq: boolean, chromium: boolean, python: 'python3' | 'python3-venv' | undefined }} lacks
 * @param {boolean} apt whether the machine has apt (but nobody may use it)
 */
export function adviceFor({ ffmpeg, rabbitmq, chromium, python }, apt) {
  const needed = [
    ...(ffmpeg ? ['ffmpeg'] : []),
    ...(rabbitmq ? ['rabbitmq-server'] : []),
    ...(python ? ['python3', 'python3-venv'] : []),
    ...(chromium ? ['chromium'] : []),
  ];
  if (apt) return `Needs root once: sudo apt-get install --no-install-recommends ${needed.join(' ')}`;
  const ways = [
    ...(ffmpeg ? ['FFmpeg with ffprobe (macOS: brew install ffmpeg; or set FFMPEG_PATH and FFPROBE_PATH)'] : []),
    ...(rabbitmq ? ['RabbitMQ (macOS: brew install rabbitmq; or start Docker; or set RABBITMQ_URL)'] : []),
    ...(python ? ['Python 3.10 or newer with venv (macOS: brew install python; or set REELIGHT_PYTHON)'] : []),
    ...(chromium ? ['Chromium or Chrome (macOS: brew install --cask chromium; or set CHROMIUM_PATH)'] : []),
  ];
  return `Please install ${ways.join(' and ')}, then try again.`;
}

/** Where it cannot be installed, an engine that answers will do. */
function usesDockerForRabbitmq() {
  return !installer() && dockerAnswers();
}

export function dockerAnswers() {
  const docker = findProgram('docker');
  return docker !== undefined && spawnSync(docker, ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
