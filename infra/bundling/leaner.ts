import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const STAND_INS = [
  [/^@aws-sdk\/credential-provider-node$/, 'environment-credentials.ts'],
  [/^@smithy\/core\/event-streams$/, 'no-event-streams.ts'],
] as const;

const NO_JSON_SCHEMA = `
function noJsonSchema() { throw new Error('Functions are bundled without JSON Schema: see infra/bundling/leaner.ts.'); }
function noJsonSchemaMethod() { return noJsonSchema; }
`;

/**
 * Helps the bundler leave out what functions do not use. Each rule keeps the meaning of what it rewrites; where a
 * package's next version no longer looks as a rule expects, the rule does nothing and the size budget's test tells.
 */
export function leaner(): Plugin {
  return {
    name: 'leaner',
    setup(build) {
      for (const [module, standIn] of STAND_INS) {
        build.onResolve({ filter: module }, () => ({ path: join(import.meta.dirname, standIn) }));
      }

      // Our modules do nothing by being imported, so those whose exports are not used can go, with what they import.
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) =>
        resolveDir.includes('node_modules') ? undefined : { path: join(resolveDir, path), sideEffects: false },
      );

      // The SDK's clients read their version from their package.json, and with it they would bring all of that file.
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
        const { version } = JSON.parse(await readFile(path, 'utf8'));
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });

      // zod carries its messages in some sixty languages; ours are English.
      build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
        contents: `export { default as en } from './en.js';`,
        resolveDir: dirname(path),
      }));

      // `z` is an object of all that zod has, kept whole; the same names imported as a namespace are kept as used.
      build.onLoad({ filter: /[\\/](core|pipeline|adapters|lambdas)[\\/].*\.ts$/ }, async ({ path }) => {
        if (path.includes('node_modules')) return undefined;
        const source = await readFile(path, 'utf8');
        return { contents: source.replace(/^import \{ z \} from 'zod';$/m, `import * as z from 'zod';`), loader: 'ts' };
      });

      // Every zod schema can describe itself as JSON Schema, which nothing here asks for: the OpenAPI document is made
      // in another way.
      build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source
          .replace(/\bprocessors\.\w+Processor\(/g, 'noJsonSchema(')
          .replace(/\bcreate(To|Standard)JSONSchemaMethod\(/g, 'noJsonSchemaMethod(');
        return { contents: contents + NO_JSON_SCHEMA, resolveDir: dirname(path) };
      });

      // The SDK's schemas name their traits by constants, `{ [_h]: … }`. A computed name might have side effects, so
      // every schema would be kept; with the constant's value in its place, only those of used operations are.
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]schemas_0\.js$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const constants = new Map(
          [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name = '', value = '']) => [name, value]),
        );
        const contents = source.replace(/\[(\w+)\]:/g, (all, name) => {
          const value = constants.get(name);
          return value ? `${value}:` : all;
        });
        return { contents, resolveDir: dirname(path) };
      });
    },
  };
}
