// @ts-check
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those that it is in. Node's own `recursive` never comes to an end where a system says that there is
 * no parent although there is one, as Linux does in /proc.
 *
 * @param {string} path
 * @param {number} [mode]
 * @throws as `mkdir`
 */
export function makeFolder(path, mode) {
  try {
    makeOne(path, mode);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path), mode);
    makeOne(path, mode);
  }
}

/** @param {string} path @param {number} [mode] */
function makeOne(path, mode) {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
