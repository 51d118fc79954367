import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPage, type PageFile, pageFiles, SCRIPT_BUDGET } from './page.ts';

let files: PageFile[];
beforeAll(async () => {
  files = await pageFiles(await buildPage(), ['https://storage.example/some/path']);
}, 60_000);

const text = (key: string) => files.find((file) => file.key === key)?.body.toString() ?? '';

describe('the page', () => {
  it('costs a first visit no more script than the budget', () => {
    const scripts = files.filter(({ key }) => key.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    const compressed = scripts.reduce((sum, { body }) => sum + gzipSync(body, { level: 9 }).length, 0);
    expect(compressed).toBeLessThanOrEqual(SCRIPT_BUDGET);
  });

  it('loads nothing from elsewhere, and nothing that its own policy refuses', () => {
    const html = text('index.html');
    for (const [, address = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\/(?!\/)/);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    for (const { key, body } of files) if (key.endsWith('.css')) expect(String(body)).not.toMatch(/@import|url\((?!#)/);
  });

  it('may reach itself and the storage', () => {
    const html = text('index.html');
    expect(html).toContain("connect-src 'self' https://storage.example;");
    expect(html).toContain("default-src 'none'");
    expect(html).not.toContain('unsafe-');
  });

  it('is kept for ever but for the one file that names the others, which comes last', () => {
    const names = files.map(({ key }) => key);
    expect(names.at(-1)).toBe('index.html');
    for (const { key, cacheControl } of files) {
      expect(cacheControl).toBe(key === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable');
      if (key !== 'index.html') expect(key).toMatch(/^assets\/[\w-]+-[\w-]{8}\.\w+$/);
    }
    for (const [, address = ''] of text('index.html').matchAll(/"\/(assets\/[^"]+)"/g))
      expect(names).toContain(address);
  });
});
