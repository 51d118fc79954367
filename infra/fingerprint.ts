import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A hash over files and folders (by their paths below `root`) and some text: the same as long as nothing that is
 * deployed changes. Tests are left out, and what is not there counts as empty.
 */
export async function fingerprint(root: string, paths: readonly string[], text = ''): Promise<string> {
  const hash = createHash('sha256').update(text);
  for (const path of await filesBelow(root, paths)) {
    // Lengths, so that no two sets of files run together into the same bytes.
    const content = await readFile(join(root, path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function filesBelow(root: string, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => filesAt(root, path)));
  return [...new Set(found.flat())].filter((path) => !path.includes('.test.')).sort();
}

async function filesAt(root: string, path: string): Promise<string[]> {
  const info = await stat(join(root, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!info?.isDirectory()) return info ? [path] : [];
  const entries = await readdir(join(root, path), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
