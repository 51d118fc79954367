import { readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DocsAsset, docsAssets } from './docs-assets.ts';

describe('the scripts of the documentation pages', () => {
  let assets: DocsAsset[];
  beforeAll(async () => {
    assets = await docsAssets();
  });

  it('are all there', () => {
    for (const { path } of assets) expect(statSync(path).size, path).toBeGreaterThan(0);
  });

  it('ask ReDoc’s makers for nothing', () => {
    const redoc = assets.find(({ key }) => key === 'docs/assets/redoc.js');
    expect(readFileSync(redoc?.path ?? '', 'utf8')).not.toContain('cdn.redoc.ly');
  });

  it('are served below one path, each under a name of its own, as what they are', () => {
    const keys = assets.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(
      expect.arrayContaining(
        ['swagger-ui.css', 'swagger-ui-bundle.js', 'redoc.js'].map((file) => `docs/assets/${file}`),
      ),
    );
    for (const { key, contentType } of assets) {
      expect(key).toMatch(/^docs\/assets\/[\w.-]+$/);
      if (key.endsWith('.js')) expect(contentType).toMatch(/^text\/javascript/);
      if (key.endsWith('.css')) expect(contentType).toMatch(/^text\/css/);
    }
  });
});
