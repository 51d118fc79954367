import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { adviceFor } from './machine.mjs';

it('tells those who may not use apt which command somebody with root has to run', () => {
  expect(adviceFor({ ffmpeg: true, rabbitmq: false, chromium: true, python: 'python3-venv' }, true)).toBe(
    'Needs root once: sudo apt-get install --no-install-recommends ffmpeg python3 python3-venv chromium',
  );
});

it('names a way for each thing where there is no apt', () => {
  const advice = adviceFor({ ffmpeg: true, rabbitmq: true, chromium: true, python: undefined }, false);
  expect(advice).toMatch(/FFMPEG_PATH.*RABBITMQ_URL.*CHROMIUM_PATH/);
  expect(advice).not.toContain('Python');
  expect(advice).not.toContain('\n');
});

it.each(['requirements.txt', 'requirements-test.txt'])('%s pins every package to one version', (file) => {
  const lines = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').split('\n');
  const packages = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(packages.length).toBeGreaterThan(2);
  for (const line of packages) expect(line).toMatch(/^[\w-]+==[\w.]+(; python_version [<>=]+ "3\.\d+")?$/);
});
