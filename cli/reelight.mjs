#!/usr/bin/env node
// @ts-check
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * `reelight …`: what `npm link` puts on the PATH. Whichever Node runs it, it makes sure of what is needed, and goes on
 * in the right one. Only an `enhance` that nobody else's Reelight is named for can need a whole pipeline.
 */

const here = dirname(fileURLToPath(import.meta.url));
const [command, ...args] = process.argv.slice(2);
const elsewhere = process.env.REELIGHT_URL || args.some((argument) => /^(--server|--help|-h)\b/.test(argument));
const needed = command === 'enhance' && !elsewhere ? [] : ['--node-only'];
process.argv.splice(2, 0, ...needed, join(here, 'main.ts'));
await import('../local/bootstrap.mjs');
