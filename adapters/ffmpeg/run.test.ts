import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Bounds, boundsOf, type Effort } from './bounds.ts';
import { confinement } from './confine.ts';
import { findFfmpeg, onPath } from './find-ffmpeg.ts';
import { OutputTooLarge, run, runForOutput } from './run.ts';

const never = new AbortController().signal;
const node = (script: string) => ({ program: process.execPath, args: ['-e', script], signal: never });

it('says how a program ended, and what it complained of in the end', async () => {
  const script = `process.stderr.write('x'.repeat(100_000) + 'the end'); process.exitCode = 3`;
  const { code, signal, stderr } = await run(node(script));
  expect({ code, signal }).toEqual({ code: 3, signal: null });
  expect(stderr.endsWith('the end')).toBe(true);
  expect(stderr.length).toBe(16 * 1024);
  expect(await run(node(`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 9_000)`))).toMatchObject({
    signal: 'SIGTERM',
  });
});

it('passes on no credentials and no proxies', async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  process.env.http_proxy = 'http://127.0.0.1:1';
  try {
    const { stdout } = await runForOutput({ ...node('console.log(JSON.stringify(process.env))'), limit: 10_000 });
    expect(Object.keys(JSON.parse(stdout.toString())).sort()).toEqual(
      ['AV_LOG_FORCE_NOCOLOR', 'LANG', 'PATH', ...(process.env.LD_LIBRARY_PATH ? ['LD_LIBRARY_PATH'] : [])].sort(),
    );
  } finally {
    delete process.env.AWS_SECRET_ACCESS_KEY;
    delete process.env.http_proxy;
  }
});

it('gives the program no standard input to wait for', async () => {
  expect(await run(node('process.stdin.on("end", () => process.exit(7)).resume()'))).toMatchObject({ code: 7 });
});

it('kills the program when aborted, and is done only when it is gone', async () => {
  const stop = new AbortController();
  let pid = 0;
  const running = run({
    ...node('console.log(process.pid); setInterval(() => {}, 1000)'),
    signal: stop.signal,
    onStdout: (chunk) => {
      pid = Number(chunk);
      stop.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(isAlive(pid)).toBe(false);
  await expect(run({ ...node(''), signal: stop.signal })).rejects.toThrow('enough');
});

it('hands on what a program printed in turn, and to its end, even when it ended long before', async () => {
  let taking = false;
  let taken = 0;
  const { code } = await run({
    ...node('process.stdout.write(Buffer.alloc(400_000))'),
    onStdout: async (chunk) => {
      expect(taking).toBe(false);
      taking = true;
      await sleep(30);
      taking = false;
      taken += chunk.length;
    },
  });
  expect({ code, taken }).toEqual({ code: 0, taken: 400_000 });
});

it('ends a program that prints more than it may', async () => {
  const flood = node('for (;;) require("fs").writeSync(1, "x".repeat(10_000))');
  await expect(runForOutput({ ...flood, limit: 50_000 })).rejects.toBeInstanceOf(OutputTooLarge);
});

describe('what a program may take', () => {
  const PLENTY = { wallSeconds: 30, cpuSeconds: 30, memoryBytes: 1024 ** 3, fileBytes: 1024 ** 3 };
  const held = (program: string, args: string[], bounds: Partial<Bounds>, effort: Effort = 'work') =>
    run({ program, args, effort, bounds: { ...PLENTY, ...bounds }, signal: never });
  const forEver = ['-c', 'while :; do :; done'];

  it('is time: for work too much of it is the fault of the file, for a look it may pass', async () => {
    const asleep = ['600'];
    const input = { code: 'too_costly', retryable: false };
    await expect(held('sleep', asleep, { wallSeconds: 0.2 })).rejects.toMatchObject(input);
    const passing = { code: 'took_too_long', retryable: true };
    await expect(held('sleep', asleep, { wallSeconds: 0.2 }, 'look')).rejects.toMatchObject(passing);
  });

  it.skipIf(!confinement().prlimit)('is computing time, all its own', async () => {
    await expect(held('sh', forEver, { cpuSeconds: 1 }, 'look')).rejects.toMatchObject({ code: 'too_costly' });
  });

  it.skipIf(!confinement().prlimit)('is computing time, for FFmpeg too, which would rather end well', async () => {
    const { ffmpeg } = findFfmpeg();
    const endless = ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'mandelbrot', '-f', 'null', '-'];
    await expect(held(ffmpeg, endless, { cpuSeconds: 1 })).rejects.toMatchObject({ code: 'too_costly' });
  });

  it.skipIf(!confinement().prlimit)('is memory', async () => {
    const fill = (mebibytes: number) => ['if=/dev/zero', 'of=/dev/null', 'count=1', `bs=${mebibytes}M`];
    const memoryBytes = 100 * 1024 ** 2;
    expect(await held('dd', fill(50), { memoryBytes })).toMatchObject({ code: 0 });
    expect(await held('dd', fill(200), { memoryBytes })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/memory/),
    });
  });

  it.skipIf(!confinement().prlimit)('is room on the disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'room-'));
    try {
      const write = ['if=/dev/zero', `of=${join(folder, 'file')}`, 'bs=1M', 'count=9'];
      const tooLarge = held('dd', write, { fileBytes: 2 * 1024 ** 2 });
      await expect(tooLarge).rejects.toMatchObject({ code: 'too_costly', message: expect.stringMatching(/larger/) });
      expect((await stat(join(folder, 'file'))).size).toBe(2 * 1024 ** 2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is a setting, and less for a look than for work', () => {
    const env = { MAX_WORK_SECONDS: '600', FFMPEG_MEMORY_MIB: '3072', FFMPEG_FILE_MIB: '100' };
    expect(boundsOf('work', env)).toMatchObject({
      wallSeconds: 600,
      memoryBytes: 3 * 1024 ** 3,
      fileBytes: 100 * 1024 ** 2,
    });
    const [look, work] = [boundsOf('look', env), boundsOf('work', {})];
    for (const key of ['wallSeconds', 'cpuSeconds', 'memoryBytes', 'fileBytes'] as const) {
      expect(look[key]).toBeLessThan(work[key]);
      expect(look[key]).toBeGreaterThan(0);
    }
    expect(boundsOf('look', { FFMPEG_MEMORY_MIB: '100' })).toMatchObject({ memoryBytes: 100 * 1024 ** 2 });
  });
});

describe.skipIf(process.platform !== 'linux' || !onPath('setpriv'))('when the worker is killed', () => {
  it('the program dies with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'worker-'));
    const script = join(folder, 'worker.ts');
    await writeFile(
      script,
      `import { run } from ${JSON.stringify(join(import.meta.dirname, 'run.ts'))};
       run({ program: 'sleep', args: ['600'], signal: new AbortController().signal });
       console.log('started');`,
    );
    const worker = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(worker.stdout, 'data');
      const [child = 0] = await childrenOf(worker);
      expect(commandOf(child)).toContain('sleep');
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      await gone(child);
    } finally {
      worker.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });
});

async function childrenOf({ pid }: ChildProcess): Promise<number[]> {
  for (;;) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    // Between fork and the last exec it still has another name.
    if (children.some((child) => commandOf(child).startsWith('sleep'))) return children;
    await sleep(10);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Dead; what waits only for somebody to ask how it ended has no command line any more. */
async function gone(pid: number): Promise<void> {
  while (commandOf(pid) !== '') await sleep(10);
}
