import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { logFile } from './log-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelight-log-'));
  path = join(folder, 'logs', 'part.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('goes on where an earlier run ended', () => {
  for (const text of ['one\n', 'two\n']) {
    const log = logFile(path);
    log.write(text);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

it('never takes more than twice its limit', () => {
  const log = logFile(path, 100);
  for (let line = 0; line < 100; line++) log.write(`line ${line} and more\n`);
  log.close();
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['part.log', 'part.log.1']);
  const kept = readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8');
  expect(kept.length).toBeLessThanOrEqual(200);
  expect(kept).toContain('line 99 and more\n');
});

it('remembers the last lines, also when they come in pieces', () => {
  const log = logFile(path);
  for (let line = 0; line < 50; line++) log.write(`${line}\n`);
  log.write('Error: it ');
  log.write('broke\n');
  log.close();
  expect(log.tail().at(-1)).toBe('Error: it broke');
  expect(log.tail().length).toBeLessThanOrEqual(20);
});
