import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
/** Where nothing of ours is written. */
const OTHERS = new Set(['node_modules', 'dist', '.reelight', '.git']);

interface Link {
  from: string;
  to: string;
  /** The heading that is meant, as GitHub names it. */
  heading: string | undefined;
}

const documents = globSync('**/*.md', { cwd: ROOT, exclude: (name) => OTHERS.has(name) });
const links = documents.flatMap((from): Link[] => {
  const targets = [...readFileSync(join(ROOT, from), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', heading] = target.split('#');
      return { from, to: path ? join(ROOT, dirname(from), path) : join(ROOT, from), heading };
    });
});

const headingsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

it('every link of the documents leads somewhere', () => {
  expect(links.length).toBeGreaterThan(100);
  const broken = links.filter(({ to, heading }) => {
    if (!existsSync(to)) return true;
    return heading !== undefined && to.endsWith('.md') && !headingsOf(to).includes(heading);
  });
  expect(broken).toEqual([]);
});

it('every picture is shown by some document', () => {
  const shown = new Set(links.map(({ to }) => to));
  expect(readdirSync(IMAGES).filter((name) => !shown.has(join(IMAGES, name)))).toEqual([]);
});
