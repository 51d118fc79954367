import { afterEach, beforeEach, expect, test } from 'vitest';
import reelight from '../package.json' with { type: 'json' };
import { COMMANDS, dispatch } from './dispatch.ts';
import { workshop, world } from './testing/world.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.remove());

async function run(...argv: string[]) {
  const here = world(shop, 1);
  const code = await dispatch(argv, here);
  return { code, out: here.out.text(), err: here.err.text() };
}

test.each([['--help'], ['-h'], ['help']])('%s tells of every command', async (argument) => {
  const { code, out } = await run(argument);
  expect(code).toBe(0);
  for (const { manual } of COMMANDS)
    expect(out).toMatch(new RegExp(`^ {2}reelight ${manual.name}.*${manual.summary}$`, 'm'));
  expect(out).toContain('Examples:');
});

test('help COMMAND is COMMAND --help', async () => {
  for (const { manual } of COMMANDS) {
    const { code, out } = await run('help', manual.name);
    expect([code, out]).toEqual([0, (await run(manual.name, '--help')).out]);
    for (const example of manual.examples) expect(example).toMatch(new RegExp(`reelight ${manual.name}\\b`));
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120);
  }
});

test('says which version it is', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: `reelight ${reelight.version}\n`, err: '' });
});

test.each([[['improve']], [['help', 'improve']], [[]]])(
  '%j is wrong usage, and all commands are told',
  async (argv) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: reelight COMMAND');
    expect(err.includes('no command improve')).toBe(argv.length > 0);
  },
);
