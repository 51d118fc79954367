import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS, dispatch } from '../dispatch.ts';
import { type Manual, optionsOf } from '../manual.ts';
import { workshop, world } from '../testing/world.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.remove());

async function scriptFor(shell: string): Promise<string> {
  const here = world(shop, 1);
  expect(await dispatch(['completion', shell], here)).toBe(0);
  return here.out.text();
}

test('every shell is told of every command and every option', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = await scriptFor(shell);
    for (const { manual } of COMMANDS) {
      for (const name of Object.keys(optionsOf(manual))) {
        const spelled = shell === 'fish' ? `-l ${name}` : `--${name}`;
        const line = script.split('\n').find((each) => each.includes(manual.name) && each.includes(spelled));
        expect(line, `${shell}: ${manual.name} ${spelled}`).toBeDefined();
      }
    }
  }
});

test('whatever is told of a command, its quotes close where they should', () => {
  const odd: Manual = {
    name: 'odd',
    summary: "it's odd: [a] \\ b",
    takes: 'files',
    about: '',
    options: { 'an-option': { type: 'string', value: 'TEXT', about: "it isn't: [even] $(this) \\ `there`" } },
    examples: [],
  };
  for (const [script, escaped] of [
    [zshCompletion([odd]), "'\\''"],
    [fishCompletion([odd]), "\\'"],
  ] as const) {
    const lines = script.split('\n').filter((line) => line.includes('odd') && !line.startsWith('#'));
    expect(lines.filter((line) => line.includes(escaped)).length).toBeGreaterThan(1);
    for (const line of lines) {
      const bare = line.replaceAll(escaped, '').replace(/'[^']*'/g, '');
      expect(bare, line).not.toMatch(/['`$]/);
    }
  }
});

describe('in bash', () => {
  /** What bash offers once this is typed and Tab is pressed. */
  async function offered(...words: string[]): Promise<string[]> {
    await writeFile(shop.at('completion.bash'), await scriptFor('bash'));
    await writeFile(shop.at('reelight'), '#!/bin/sh\n[ "$*" = "list --ids" ] && printf "id-one\\nid-two\\nother\\n"\n');
    await chmod(shop.at('reelight'), 0o755);
    const press = `source ./completion.bash
      COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 ))
      _reelight
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, PATH: [shop.folder, process.env.PATH].join(delimiter) };
    const { stdout } = await promisify(execFile)('bash', ['-c', press, 'bash', 'reelight', ...words], {
      cwd: shop.folder,
      env,
    });
    return stdout.split('\n').filter(Boolean).sort();
  }

  test('commands come first', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(COMMANDS.map(({ manual }) => manual.name)));
    expect(await offered('en')).toEqual(['enhance']);
    expect(await offered('help', 'ca')).toEqual(['cancel']);
  });

  test('options follow, and what they take', async () => {
    expect(await offered('enhance', '--k')).toEqual(['--keep-hdr']);
    expect(await offered('list', '-s')).toEqual(['-s']);
    expect(await offered('enhance', '--profile', '')).toEqual(['adaptive', 'classic', 'passthrough']);
    expect(await offered('list', '--search', '')).toEqual([]);
    expect(await offered('completion', 'z')).toEqual(['zsh']);
  });

  test('files for what takes files, with any name; folders for --out', async () => {
    await shop.file('my clip.mp4', 1);
    expect(await offered('enhance', 'my')).toEqual(['my clip.mp4']);
    expect(await offered('enhance', '--out', '')).toEqual([]);
  });

  test('videos for what takes videos', async () => {
    expect(await offered('watch', 'id')).toEqual(['id-one', 'id-two']);
    expect(await offered('open', '')).toEqual(['id-one', 'id-two', 'other']);
    expect(await offered('list', '')).toEqual([]);
  });
});

test.each([[[]], [['ksh']], [['bash', 'zsh']], [['--what']]])('%j is wrong usage', async (argv) => {
  const here = world(shop, 1);
  expect(await dispatch(['completion', ...argv], here)).toBe(2);
  expect(here.err.lines()).toHaveLength(1);
});
