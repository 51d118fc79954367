import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ROOT } from './home.ts';

const empty = mkdtempSync(join(tmpdir(), 'reelight-arguments-'));
afterAll(() => rmSync(empty, { recursive: true }));

function run(program: string, ...args: string[]) {
  const env = { ...process.env, REELIGHT_HOME: empty };
  const options = { cwd: ROOT, env, encoding: 'utf8', timeout: 15_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, program), ...args], options);
  return { status, stdout, lines: stderr.split('\n').filter(Boolean) };
}

const PROGRAMS = {
  'local/services/worker.ts': 'start:worker',
  'local/services/edge.ts': 'start:edge',
  'local/services/emulator.ts': 'start:emulator',
  'local/services/broker.ts': 'start:broker',
  'local/services/bridge.ts': 'start:bridge',
  'local/deploy.ts': 'deploy:local',
  'bench/cost.ts': 'bench:cost',
  'bench/metadata.ts': 'bench:metadata',
  'bench/notify.ts': 'bench:notify',
  'bench/scale.ts': 'bench:scale',
  'bench/simulate.ts': 'bench:simulate',
};

it.each(Object.entries(PROGRAMS))('%s says how it is used, and does nothing else', (program, script) => {
  const { status, stdout, lines } = run(program, '--help');
  expect([status, lines]).toEqual([0, []]);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${script}\\b`));
  expect(readdirSync(empty)).toEqual([]);
});

it.each([
  ['local/services/edge.ts', ['--turbo'], /^Unknown option '--turbo' \(--help tells more\)\.$/],
  ['local/services/worker.ts', ['two'], /^Unexpected argument 'two'/],
  ['bench/simulate.ts', ['--seed'], /--seed/],
  ['bench/notify.ts', ['many'], /^many: is no number of changes/],
] as const)('%s refuses %j by one line', (program, args, line) => {
  const { status, stdout, lines } = run(program, ...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(lines).toEqual([expect.stringMatching(line)]);
});
