// @ts-check
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';

/** Where servers live that are not on every PATH: Debian's and RPM's RabbitMQ, Homebrew. */
const RABBITMQ_FOLDERS = ['/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin', '/usr/local/sbin', '/opt/rabbitmq/sbin'];
const SYSTEM_FOLDERS = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/opt/homebrew/bin',
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
];

/**
 * The first program of this name.
 *
 * @param {string} name
 * @param {{ path?: string | undefined, before?: string[], after?: string[] }} [where]
 * @returns {string | undefined} its absolute path
 */
export function findProgram(name, { path = process.env.PATH, before = [], after = SYSTEM_FOLDERS } = {}) {
  const folders = [...before, ...(path ?? '').split(delimiter).filter(Boolean), ...after];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * FFmpeg and ffprobe: FFMPEG_PATH, then the PATH, then the optional package.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ ffmpeg: string | undefined, ffprobe: string | undefined }}
 */
export function findFfmpeg(env = process.env) {
  const where = { path: env.PATH };
  const ffmpeg = env.FFMPEG_PATH || findProgram('ffmpeg', where) || packagedFfmpeg();
  const beside = ffmpeg ? [dirname(ffmpeg)] : [];
  return { ffmpeg, ffprobe: env.FFPROBE_PATH || findProgram('ffprobe', { ...where, before: beside }) };
}

/** As Debian, Ubuntu, Google's packages and macOS name it. */
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The browser that the tests drive: CHROMIUM_PATH, then the PATH.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH;
  return CHROMIUM_NAMES.map((name) => findProgram(name, { path: env.PATH })).find((path) => path !== undefined);
}

/**
 * RabbitMQ's own start script and Erlang's name server. Debian's /usr/sbin/rabbitmq-server is a wrapper that insists on
 * the system's user, so the real script is looked for first.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ server: string, epmd: string } | undefined}
 */
export function findRabbitmq(env = process.env) {
  const server = findProgram('rabbitmq-server', { path: env.PATH, before: RABBITMQ_FOLDERS });
  const epmd = findProgram('epmd', { path: env.PATH });
  return server && epmd ? { server, epmd } : undefined;
}

/** util-linux's setpriv, which can tie a process's life to its parent's; BusyBox's cannot. */
export function findSetpriv() {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  return setpriv && basename(realpathSync(setpriv)) === 'setpriv' ? setpriv : undefined;
}

/**
 * The command line of a program that gets SIGTERM when its parent dies, however that dies, where the system can do it.
 *
 * @param {string} command @param {string[]} args @returns {[string, string[]]}
 */
export function endingWithParent(command, args) {
  const setpriv = findSetpriv();
  return setpriv ? [setpriv, ['--pdeathsig', 'TERM', '--', command, ...args]] : [command, args];
}

function packagedFfmpeg() {
  try {
    const path = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' && isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
