import { defineConfig } from 'vite';

/** Where `npx vite web` sends what is not the page, while one works on it. */
const API = process.env.REELIGHT_URL ?? 'http://localhost:8000';
const API_PATHS = [
  'upload',
  'videos',
  'processed_videos',
  'source_videos',
  'posters',
  'metadata',
  'limits',
  'ws',
  'openapi.json',
];

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // A file of its own for everything: what is inlined, the Content-Security-Policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    proxy: Object.fromEntries(
      // Folders of the page are called as some of the API's are: what is a module is the page's.
      API_PATHS.map((path) => [`^/${path}\\b(?!\\S*\\.tsx?(\\?|$))`, { target: API, ws: path === 'ws' }]),
    ),
  },
  plugins: [
    {
      // The development server works with inline scripts.
      name: 'no-policy-in-development',
      apply: 'serve',
      transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/s, ''),
    },
  ],
});
