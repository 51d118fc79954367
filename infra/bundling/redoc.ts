import { readFile } from 'node:fs/promises';
import type { BuildOptions, Plugin } from 'esbuild';

/** The page's script: ReDoc in the element `redoc`, of the description that this names. */
const PAGE = `
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { RedocStandalone } from 'redoc';
const place = document.getElementById('redoc');
createRoot(place).render(createElement(RedocStandalone, { specUrl: place.dataset.spec }));
`;

/** What ReDoc's parts have of Node's for reading files, which in a browser they never do. */
const OF_NODE = /^(fs|https-proxy-agent)$/;

const withoutNode: Plugin = {
  name: 'without-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: OF_NODE }, ({ path }) => ({ path, namespace: 'without-node' }));
    onLoad({ filter: /.*/, namespace: 'without-node' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** A picture that ReDoc fetches from its makers, whatever it is told. */
const ELSEWHERE = /"https:\/\/cdn\.redoc\.ly\/[^"]*"/g;

/** Who reads here is nobody else's business. ReDoc leaves a picture out that is none. */
const withoutElsewhere: Plugin = {
  name: 'without-elsewhere',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]redoc[\\/]bundles[\\/].*\.js$/ }, async ({ path }) => {
      const contents = (await readFile(path, 'utf8')).replace(ELSEWHERE, '"data:,"');
      return { contents, loader: 'js' };
    });
  },
};

/**
 * ReDoc as a browser runs it, of the packages that our lockfile names. The bundle that its makers publish has older copies
 * of some within, which no audit of ours would see.
 */
export const redocScript = {
  stdin: { contents: PAGE, resolveDir: import.meta.dirname },
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'iife',
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  alias: { path: 'path-browserify' },
  legalComments: 'none',
  logLevel: 'silent',
  plugins: [withoutNode, withoutElsewhere],
} satisfies BuildOptions;
