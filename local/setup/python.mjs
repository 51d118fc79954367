// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, SetupError } from './say.mjs';
import { endingWithParent, findProgram } from './tools.mjs';

const OLDEST = { name: '3.10', version: 310 };
const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** A Python virtual environment and the file that says what is in it. @typedef {{ folder: string, requirements: string }} Venv */

/** @param {string} venv its folder */
export const venvPython = (venv) => join(venv, 'bin', 'python');

/**
 * Whether the environment holds what its requirements say. Remembered by their hash and by the Python it was made
 * with, which may be replaced under it.
 *
 * @param {Venv} venv
 */
export function venvIsCurrent(venv) {
  try {
    return readFileSync(stampOf(venv), 'utf8') === stamp(venv);
  } catch {
    return false;
  }
}

/**
 * @param {string} what for people
 * @param {Venv} venv
 * @param {{ complete: boolean }} options `complete`: the requirements name all that is wanted, so dependencies are not looked at
 */
export async function installVenv(what, venv, { complete }) {
  const found = findPython();
  if (found.lacks) throw new SetupError(`Python ${OLDEST.name} or newer is missing (${found.lacks}).`);
  rmSync(venv.folder, { recursive: true, force: true });
  await run(`${what}: Python environment`, ...endingWithParent(found.python, ['-m', 'venv', venv.folder]));
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', venv.requirements];
  await run(`${what}: packages`, ...endingWithParent(venvPython(venv.folder), complete ? [...pip, '--no-deps'] : pip), {
    advice: 'Check the network (is PyPI reached?) and try again.',
  });
  writeFileSync(stampOf(venv), stamp(venv));
}

/**
 * A Python that is new enough and can make environments, or what it lacks: Debian ships `venv` apart.
 *
 * @returns {{ python: string, lacks?: undefined } | { lacks: 'python3' | 'python3-venv' }}
 */
export function findPython() {
  let lacks = /** @type {'python3' | 'python3-venv'} */ ('python3');
  const given = process.env.REELIGHT_PYTHON;
  for (const python of given ? [given] : NAMES.flatMap((name) => findProgram(name) ?? [])) {
    const { version, venv } = ask(python);
    if (!version || version < OLDEST.version) continue;
    if (venv) return { python };
    lacks = 'python3-venv';
  }
  return { lacks };
}

/** @param {string} python @returns {{ version?: number, venv?: boolean }} version: 3.10 is 310 */
function ask(python) {
  const question = `
import json, sys, importlib.util as u
print(json.dumps({'version': sys.version_info[0] * 100 + sys.version_info[1],
                  'venv': all(u.find_spec(m) for m in ('venv', 'ensurepip'))}))`;
  try {
    return JSON.parse(
      execFileSync(python, ['-c', question], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return {};
  }
}

/** @param {Venv} venv */
const stampOf = (venv) => join(venv.folder, '.reelight-stamp');

/** @param {Venv} venv */
function stamp({ folder, requirements }) {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  return `${hash} ${realpathSync(venvPython(folder))}\n`;
}
