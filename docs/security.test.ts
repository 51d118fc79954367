import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const text = readFileSync(join(import.meta.dirname, 'security.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (threat|---)/.test(line))
  .map((line) => {
    const [threat = '', stands = '', held = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return { threat, stands, held };
  });

/** The tests that a cell names: a file, and titles in it, as many as there are. */
function testsIn(held: string): { file: string; titles: string[] }[] {
  return [...held.matchAll(/`([^`]+)`: ((?:“[^”]+”(?:, )?)+)/g)].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/“([^”]+)”/g)].flatMap(([, title]) => title ?? []),
  }));
}

/** Of a test, which is a text with a function behind it, or of a case in a list of such. */
function isTitle(title: string, source: string): boolean {
  const text = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`${text}[^'"\`]*['"\`],\\s*(async\\s*)?\\(|(about|name): ['"\`][^'"\`]*${text}`).test(source);
}

describe('the threat model', () => {
  it('has rows, each with a threat and what stands against it', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const { threat, stands } of rows) expect([threat.length > 10, stands.length > 10]).toEqual([true, true]);
  });

  it.each(rows)('names tests that there are: $threat', ({ held }) => {
    const tests = testsIn(held);
    expect(tests.length).toBeGreaterThan(0);
    // Nothing but tests: what could not be read would not be checked.
    const read = tests.map(({ file, titles }) => `\`${file}\`: ${titles.map((title) => `“${title}”`).join(', ')}`);
    expect(read.join(', ')).toBe(held);
    for (const { file, titles } of tests) {
      const source = readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'");
      for (const title of titles) expect(isTitle(title, source), `${file}: ${title}`).toBe(true);
    }
  });
});

it('the page makes no HTML of what people say', () => {
  const files = globSync('web/**/*.{ts,tsx}', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const source = readFileSync(join(ROOT, file), 'utf8');
    expect(source, file).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment/i,
    );
  }
});
