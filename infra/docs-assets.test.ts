import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assetPath, DOCS_ASSETS } from './docs-assets.ts';

describe('the scripts of the documentation pages', () => {
  it.each(DOCS_ASSETS.map((asset) => [asset.key, asset] as const))('%s is in an installed package', (_, { source }) => {
    expect(statSync(assetPath(source)).size).toBeGreaterThan(0);
  });

  it('are served below one path, each under a name of its own, as what they are', () => {
    const keys = DOCS_ASSETS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(
      expect.arrayContaining(
        ['swagger-ui.css', 'swagger-ui-bundle.js', 'redoc.standalone.js'].map((file) => `docs/assets/${file}`),
      ),
    );
    for (const { key, contentType } of DOCS_ASSETS) {
      expect(key).toMatch(/^docs\/assets\/[\w.-]+$/);
      if (key.endsWith('.js')) expect(contentType).toMatch(/^text\/javascript/);
      if (key.endsWith('.css')) expect(contentType).toMatch(/^text\/css/);
    }
  });
});
