// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { run, say } from './say.mjs';
import { findProgram } from './tools.mjs';

const EPMD_PORT = 4369;
/** Another apt may be at work, as on a machine that has just been started. */
const LOCK_SECONDS = 300;

/**
 * How to run a command as root: directly, by a sudo that asks nothing, or not at all.
 *
 * @returns {((command: string, args: string[]) => [string, string[]]) | undefined}
 */
export function asRoot() {
  if (process.getuid?.() === 0) return (command, args) => [command, args];
  const sudo = findProgram('sudo');
  if (!sudo || spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return undefined;
  // `env` because sudo drops the environment that keeps apt from asking questions.
  return (command, args) => [
    sudo,
    ['-n', 'env', ...Object.entries(QUIET).map((pair) => pair.join('=')), command, ...args],
  ];
}

const QUIET = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };

export const hasApt = () => findProgram('apt-get') !== undefined;

/**
 * Installs Debian packages. Where rabbitmq-server is new by this, the system's own broker that comes with it is
 * switched off again: Reelight runs a private one.
 *
 * @param {string[]} packages
 * @param {NonNullable<ReturnType<typeof asRoot>>} root
 */
export async function installByApt(packages, root) {
  const brings = packages.includes('rabbitmq-server') && !isInstalled('rabbitmq-server');
  const epmdWasThere = brings && (await listens(EPMD_PORT));
  const env = { ...process.env, ...QUIET };
  const options = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`, '-o', 'APT::Lock::Timeout=60'];
  const advice = 'Check the network and that no other apt is at work, then try again.';
  await run('package lists (apt-get update)', ...root('apt-get', [...options, 'update']), { env, advice });
  const install = [...options, 'install', '--yes', '--no-install-recommends', ...packages];
  await run(`${packages.join(', ')} (apt-get install)`, ...root('apt-get', install), { env, advice });
  if (brings) stopSystemBroker(root, epmdWasThere);
}

/** @param {NonNullable<ReturnType<typeof asRoot>>} root @param {boolean} epmdWasThere */
function stopSystemBroker(root, epmdWasThere) {
  /** @param {string} command @param {string[]} args */
  const quietly = (command, ...args) => spawnSync(...root(command, args), { stdio: 'ignore' }).status === 0;
  const systemd = existsSync('/run/systemd/system');
  const off = systemd
    ? quietly('systemctl', 'disable', '--now', 'rabbitmq-server.service')
    : [quietly('invoke-rc.d', 'rabbitmq-server', 'stop'), quietly('update-rc.d', 'rabbitmq-server', 'disable')][1];
  // Where systemd does not look after it, Erlang's name server stays behind. It refuses while a node is registered.
  if (!systemd && !epmdWasThere) quietly('epmd', '-kill');
  say(
    off
      ? '  The rabbitmq-server package starts a broker for the whole system: that service is stopped and disabled again.'
      : '  The rabbitmq-server package starts a broker for the whole system, which could not be disabled: see systemctl status rabbitmq-server.',
  );
}

/** @param {string} name of a Debian package */
function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
  return /^Status: \S+ \S+ installed$/m.test(stdout);
}

/** @param {number} port @returns {Promise<boolean>} */
function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
