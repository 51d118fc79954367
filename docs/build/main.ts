import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { bundledRedoc } from '../../infra/docs-assets.ts';
import { documents } from './files.ts';

/* `npm run docs`: the API's documents, as files and as a static site in docs/api. */

const root = resolve(import.meta.dirname, '..', '..');
for (const [path, text] of Object.entries(await documents())) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  console.log(path);
}
await copyFile(await bundledRedoc(), join(root, 'docs', 'api', 'redoc.js'));
