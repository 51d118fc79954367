import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');

/** What is not named by what is in it. */
const floating = {
  images: (dockerfile: string) => {
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name]) => name);
    const used = [...dockerfile.matchAll(/^(?:FROM|COPY --from=|# syntax=)\s*(\S+)/gm)].map(([, image = '']) => image);
    return used
      .map((image) => image.replace(/^--from=/, ''))
      .filter((image) => !stages.includes(image) && !/@sha256:[0-9a-f]{64}$/.test(image));
  },
  actions: (workflow: string) =>
    [...workflow.matchAll(/uses:\s*(\S+)/g)]
      .map(([, action = '']) => action)
      .filter((action) => !/@[0-9a-f]{40}$/.test(action)),
};

describe('images', () => {
  const dockerfiles = tracked.filter((path) => /(^|\/)Dockerfile$/.test(path));

  it('are built on images named by their digest', () => {
    expect(dockerfiles).not.toEqual([]);
    for (const path of dockerfiles) expect([path, floating.images(read(path))]).toEqual([path, []]);
  });

  it('would be seen to be built on a tag', () => {
    expect(floating.images('FROM node:24 AS node\nFROM node AS build\nCOPY --from=build /a /b\n')).toEqual(['node:24']);
    expect(floating.images('# syntax=docker/dockerfile:1\n')).toEqual(['docker/dockerfile:1']);
  });
});

describe('workflows', () => {
  const folder = '.github/workflows';
  const workflows = readdirSync(join(root, folder)).map((name) => join(folder, name));

  it('may read the code, and nothing else', () => {
    expect(workflows).toContain(join(folder, 'ci.yml'));
    for (const path of workflows) {
      const { permissions, jobs, on } = parse(read(path));
      expect(permissions).toEqual({ contents: 'read' });
      // Runs with secrets, on code of whoever asks.
      expect(Object.keys(on)).not.toContain('pull_request_target');
      for (const job of Object.values<{ permissions?: unknown }>(jobs)) expect(job.permissions).toBeUndefined();
      expect(read(path)).not.toMatch(/secrets\./);
    }
  });

  it('use actions named by their commit, and leave no credentials behind', () => {
    for (const path of workflows) {
      expect(floating.actions(read(path))).toEqual([]);
      const checkouts = read(path).match(/actions\/checkout@/g) ?? [];
      expect(read(path).match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
    }
    expect(floating.actions('- uses: actions/checkout@v7\n')).toEqual(['actions/checkout@v7']);
  });

  it('run what the README says', () => {
    expect(read(join(folder, 'ci.yml'))).toContain('run: bash .ci/run');
    expect(read('.ci/run')).toContain('exec npm test');
  });
});

describe('packages', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
  const all: Record<string, string> = { ...dependencies, ...devDependencies, ...optionalDependencies };

  it('are asked for in one version each', () => {
    for (const [name, version] of Object.entries(all))
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
    for (const path of tracked.filter(
      (path) => /requirements[\w-]*\.txt$/.test(path) && existsSync(join(root, path)),
    )) {
      const lines = read(path)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'));
      for (const line of lines) expect([path, line]).toEqual([path, expect.stringMatching(/^[\w.-]+==/)]);
    }
  });

  it.each(tracked.filter((path) => /package-lock\.json$/.test(path)))('are known by their hash: %s', (lockfile) => {
    const { packages } = JSON.parse(read(lockfile)) as { packages: Record<string, LockedPackage> };
    const unknown = Object.entries(packages).filter(
      ([path, { link, integrity, inBundle }]) => path !== '' && !link && !inBundle && !integrity?.startsWith('sha512-'),
    );
    expect(unknown.map(([path]) => path)).toEqual([]);
  });
});

interface LockedPackage {
  link?: boolean;
  inBundle?: boolean;
  integrity?: string;
}

function billOf(script: 'sbom' | 'sbom:runtime') {
  const { scripts } = JSON.parse(read('package.json'));
  return JSON.parse(execFileSync('sh', ['-c', scripts[script]], { cwd: root, encoding: 'utf8', maxBuffer: 1e8 }));
}

it('there is a bill of materials of the runtime that an image has beside it', { timeout: 60_000 }, () => {
  const { components } = billOf('sbom:runtime');
  expect(components.map(({ purl }: { purl: string }) => purl)).toContain('pkg:npm/aws-lambda-ric@4.0.2');
});

it('the bill of materials is of what is shipped', { timeout: 60_000 }, () => {
  const bom = billOf('sbom');
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { purl: 'pkg:npm/reelight@0.1.0' } } });
  const names: string[] = bom.components.map(({ purl }: { purl: string }) => decodeURIComponent(purl));
  for (const part of ['pkg:npm/hono@', 'pkg:npm/@aws-sdk/client-s3@', 'pkg:npm/preact@', 'pkg:npm/redoc@']) {
    expect(names.some((name) => name.startsWith(part))).toBe(true);
  }
  expect(names.filter((name) => /^pkg:npm\/(vitest|aws-cdk|aws-cdk-lib|esbuild|newman)@/.test(name))).toEqual([]);
});
