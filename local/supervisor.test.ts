import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, isAlive } from './setup/lock.mjs';
import type { Part } from './supervisor/part.ts';
import { endLeftovers, runsElsewhere } from './supervisor/records.ts';
import { type Supervisor, supervise } from './supervisor.ts';

let folder: string;
let supervisor: Supervisor | undefined;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelight-supervisor-'));
  said = [];
});
afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const start = () => {
  supervisor = supervise({ logs: join(folder, 'logs'), run: join(folder, 'run'), report: (line) => said.push(line) });
  return supervisor;
};

/** A program that starts another one, which ignores SIGTERM, and says both numbers in a file. */
const familyScript = `
  const { spawn } = require('node:child_process');
  const { writeFileSync, renameSync } = require('node:fs');
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"]);
  child.stdout.once('data', () => {
    writeFileSync(process.env.FAMILY + '.new', JSON.stringify([process.pid, child.pid]));
    renameSync(process.env.FAMILY + '.new', process.env.FAMILY);
  });`;

function family(name: string): Part {
  const file = join(folder, name);
  return {
    name,
    command: process.execPath,
    args: ['-e', familyScript],
    env: { FAMILY: file },
    prepare: () => rmSync(file, { force: true }),
    ready: () => eventually(() => existsSync(file)),
    stopMs: 5_000,
  };
}

/** Waits for what never comes. */
const never = (signal: AbortSignal) => new Promise<void>((_, refuse) => signal.addEventListener('abort', refuse));

const members = (name: string) =>
  (JSON.parse(readFileSync(join(folder, name), 'utf8')) as number[]).map((pid) => identityOf(pid));

async function eventually(holds: () => boolean, patienceMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !holds(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms`);
  }
}

describe('a part', () => {
  it('is stopped together with what it started', async () => {
    await start().start([family('a'), family('b')]);
    const all = [...members('a'), ...members('b')];
    expect(all.map(isAlive)).toEqual([true, true, true, true]);
    await supervisor?.stop();
    await eventually(() => !all.some(isAlive));
    expect(said).toEqual([]);
  });

  it('is started again when it is killed, and its old children do not stay', async () => {
    const restarted: string[] = [];
    supervisor = supervise({
      logs: join(folder, 'logs'),
      run: join(folder, 'run'),
      report: (line) => said.push(line),
      onRestart: (name) => restarted.push(name),
    });
    await supervisor.start([family('a')]);
    const before = members('a');
    process.kill(before[0]?.pid ?? 0, 'SIGKILL');
    await eventually(() => restarted.length > 0);
    expect(said[0]).toMatch(/^a ended \(SIGKILL\); it is started again in 0\.5 s$/);
    expect(before.some(isAlive)).toBe(false);
    expect(members('a').every(isAlive)).toBe(true);
    expect(supervisor.deaths()).toEqual({ a: 1 });
  });

  it('that never starts fails with what it said last, and where to read more', async () => {
    const broken = {
      name: 'broken',
      command: process.execPath,
      args: ['-e', 'throw new Error("no disk")'],
      env: {},
      stopMs: 1_000,
    };
    const ready = () => sleep(20_000, undefined, { ref: false });
    await expect(start().start([{ ...broken, ready }])).rejects.toMatchObject({
      code: 'part_failed',
      message: expect.stringMatching(/^broken did not start \(code 1\): .*broken\.log\.$/),
    });
  });

  it('that ends again and again before it works is given up, with its last words', async () => {
    const hopeless: string[] = [];
    const life = `console.log('starting'); throw new Error(process.env.WHY)`;
    const part = { command: process.execPath, args: ['-e', life], works: /ready/, stopMs: 1_000 };
    supervisor = supervise({
      logs: join(folder, 'logs'),
      run: join(folder, 'run'),
      report: (line) => said.push(line),
      onHopeless: ({ message }) => hopeless.push(message),
      livesInVain: 2,
    });
    await supervisor.start([{ ...part, name: 'broken', env: { WHY: 'no disk' } }]);
    await eventually(() => hopeless.length > 0);
    expect(hopeless).toEqual([
      expect.stringMatching(/^broken ends as soon as it is started: Error: no disk\. Its log is .*broken\.log\.$/),
    ]);
    expect(supervisor.deaths()).toEqual({ broken: 2 });
    expect(said.filter((line) => line.includes('runs again'))).toEqual([]);
    expect(supervisor.pids()).toEqual({});
  });

  it('that worked before it ended, or was killed, is started again however often', async () => {
    const hopeless: string[] = [];
    const lives = (script: string) => ['-e', script];
    const common = { command: process.execPath, env: {}, works: /ready/, stopMs: 1_000 };
    supervisor = supervise({
      logs: join(folder, 'logs'),
      run: join(folder, 'run'),
      report: (line) => said.push(line),
      onHopeless: ({ message }) => hopeless.push(message),
      livesInVain: 1,
    });
    await supervisor.start([
      { ...common, name: 'poisoned', args: lives(`console.log('ready'); process.exitCode = 1`) },
      { ...common, name: 'killed', args: lives(`process.kill(process.pid, 'SIGKILL')`) },
    ]);
    await eventually(() => Object.values(supervisor?.deaths() ?? {}).every((deaths) => deaths > 1));
    expect(hopeless).toEqual([]);
  });

  it('that cannot be found fails too', async () => {
    const missing = { name: 'missing', command: '/nowhere/program', args: [], env: {}, stopMs: 1_000 };
    const ready = () => sleep(20_000, undefined, { ref: false });
    await expect(start().start([{ ...missing, ready }])).rejects.toMatchObject({ code: 'part_failed' });
  });

  it('that is not ready in time is ended', async () => {
    const late: Part = { ...family('late'), ready: never, startMs: 1_000 };
    await expect(start().start([late])).rejects.toMatchObject({
      message: expect.stringContaining('not ready within 1 s'),
    });
    await eventually(() => !existsSync(join(folder, 'late')) || !members('late').some(isAlive));
  });

  it('that is still starting is ended, and nothing is started any more', async () => {
    const slow: Part = { ...family('slow'), ready: never };
    const own = start();
    const starting = own.start([slow]);
    const refused = expect(starting).rejects.toMatchObject({ code: 'part_failed' });
    await eventually(() => existsSync(join(folder, 'slow')));
    const all = members('slow');
    await own.stop();
    await refused;
    await eventually(() => !all.some(isAlive));
    await expect(own.start([family('late')])).rejects.toMatchObject({ code: 'part_failed' });
    expect(existsSync(join(folder, 'late'))).toBe(false);
  });

  it('can be stopped and started again on purpose', async () => {
    await start().start([family('a')]);
    const before = members('a');
    await supervisor?.restart('a');
    expect(before.some(isAlive)).toBe(false);
    expect(members('a').every(isAlive)).toBe(true);
    expect(said).toEqual([]);
  });
});

describe('when the supervisor is killed', () => {
  /** Another process that supervises two families. */
  async function supervisorElsewhere() {
    const script = join(folder, 'supervisor.ts');
    const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    writeFileSync(
      script,
      `import { supervise } from ${module('./supervisor.ts')};
       const supervisor = supervise({ logs: '${folder}/logs', run: '${folder}/run', report() {} });
       await supervisor.start(['a', 'b'].map((name) => ({
         name, command: process.execPath, args: ['-e', ${JSON.stringify(familyScript)}], env: { FAMILY: '${folder}/' + name }, stopMs: 1000,
       })));
       setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit'] });
    await eventually(() => existsSync(join(folder, 'a')) && existsSync(join(folder, 'b')));
    return { child, all: [...members('a'), ...members('b')] };
  }

  it('nothing that it started survives it', async () => {
    const { child, all } = await supervisorElsewhere();
    expect(runsElsewhere(join(folder, 'run'), 'a')).toBe(child.pid);
    child.kill('SIGKILL');
    // The grandchildren ignore SIGTERM.
    await eventually(() => !all.some(isAlive), 18_000);
  }, 30_000);

  it('the next start ends what is left at once', async () => {
    const { child, all } = await supervisorElsewhere();
    child.kill('SIGKILL');
    await eventually(() => runsElsewhere(join(folder, 'run'), 'a') === undefined);
    await endLeftovers(join(folder, 'run'));
    expect(all.some(isAlive)).toBe(false);
  }, 30_000);
});
