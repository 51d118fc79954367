import { describe, expect, it } from 'vitest';
import { sourceLimitsOf, useLimitsOf } from '../core/limits-of.ts';
import type { ConfigFile } from './config.ts';
import { readConfig } from './config.ts';
import { DEFAULT_LIMITS, LIMIT_SETTINGS, type Limits, limitsIn } from './limits.ts';
import { define, ON_AWS, resource, resources, template } from './templates.fixture.ts';

/** None of them what it is anywhere else. */
const limits: Limits = {
  maxUploadBytes: 1_000_001,
  maxDurationSeconds: 1_002,
  maxPixels: 1_000_003,
  maxFrameRate: 104,
  maxWorkSeconds: 1_005,
  maxUploadsPerHour: 106,
  maxVideosInFlight: 107,
};
const others = { workersMax: 8, requestsPerFiveMinutes: 1_009 };
const settings = { ...limits, ...others };
type Variables = Record<string, string>;

const ofFunction = (stack: ReturnType<typeof template>, name: string) =>
  (resource(stack, 'AWS::Lambda::Function', name).Properties.Environment as { Variables: Variables }).Variables;

function ofWorker(stack: ReturnType<typeof template>): Variables {
  const { ContainerDefinitions } = resource(stack, 'AWS::ECS::TaskDefinition', 'Enhancer').Properties;
  const [container] = ContainerDefinitions as { Environment: { Name: string; Value: string }[] }[];
  return Object.fromEntries((container?.Environment ?? []).map(({ Name, Value }) => [Name, Value]));
}

const source = { seconds: 1_002, pixels: 1_000_003, frameRate: 104 };

describe('the limits of the one file', () => {
  const api = template('prod', 'api', settings);

  it('reach whoever answers requests', () => {
    const variables = ofFunction(api, 'Api');
    expect(useLimitsOf(variables)).toEqual({ uploadsPerHour: 106, videosInFlight: 107 });
    expect(variables.MAX_UPLOAD_BYTES).toBe('1000001');
    expect(sourceLimitsOf(variables)).toEqual(source);
  });

  it('reach whoever looks at headers, and whoever works', () => {
    expect(sourceLimitsOf(ofFunction(api, 'Metadata'))).toEqual(source);
    const worker = ofWorker(template('prod', 'workers', settings));
    expect(sourceLimitsOf(worker)).toEqual(source);
    expect(worker).toMatchObject({ MAX_WORK_SECONDS: '1005' });
  });

  it('bound the workers, and what one address may ask for', () => {
    const target = 'AWS::ApplicationAutoScaling::ScalableTarget';
    const [scaled] = resources(template('prod', 'workers', settings), target);
    expect(scaled?.[1].Properties).toMatchObject({ MaxCapacity: 8 });
    const { Rules } = resource(template('prod', 'edge', settings), 'AWS::WAFv2::WebACL', 'Firewall').Properties;
    expect(JSON.stringify(Rules)).toContain('"Limit":1009');
  });

  it('are read from it', () => {
    const file: ConfigFile = { prod: settings };
    expect(readConfig({}, file)).toMatchObject(settings);
    expect(() => define('prod', {}, file)).not.toThrow();
  });

  it('are in every preset, and no preset is without', () => {
    for (const preset of ['dev', 'prod']) {
      for (const name of Object.keys(LIMIT_SETTINGS)) expect(readConfig({ preset })).toHaveProperty(name);
    }
  });

  it.each(Object.keys(LIMIT_SETTINGS))('fail synthesis where %s is none', (name) => {
    for (const wrong of ['0', '-1', '1.5', 'much', '1e99']) {
      expect(() => readConfig({ [name]: wrong })).toThrow(`The setting "${name}"`);
      expect(() => readConfig({ target: 'emulator', [name]: wrong })).toThrow(`The setting "${name}"`);
    }
  });
});

it.each(ON_AWS)('leaves FFmpeg less memory and disk than its worker has, and more than nothing: %s', (deployment) => {
  const { workers, api } = { workers: template(deployment, 'workers'), api: template(deployment, 'api') };
  const { Memory, EphemeralStorage } = resource(workers, 'AWS::ECS::TaskDefinition', 'Enhancer').Properties as {
    Memory: string;
    EphemeralStorage: { SizeInGiB: number };
  };
  const { FFMPEG_MEMORY_MIB, FFMPEG_FILE_MIB } = ofWorker(workers);
  expect(Number(FFMPEG_MEMORY_MIB)).toBeLessThan(Number(Memory));
  expect(Number(FFMPEG_MEMORY_MIB)).toBeGreaterThanOrEqual(1024);
  expect(2 * Number(FFMPEG_FILE_MIB)).toBeLessThan(EphemeralStorage.SizeInGiB * 1024);
  expect(Number(FFMPEG_FILE_MIB)).toBeGreaterThan(8 * 1024);
  const { MemorySize } = resource(api, 'AWS::Lambda::Function', 'Metadata').Properties as { MemorySize: number };
  expect(Number(ofFunction(api, 'Metadata').FFMPEG_MEMORY_MIB)).toBeLessThan(MemorySize);
});

describe('on one machine', () => {
  it('are what the environment says, and generous otherwise', () => {
    const env = { MAX_UPLOADS_PER_HOUR: '5', MAX_DURATION_SECONDS: '60', MAX_PIXELS: '', HOME: '/home/me' };
    expect(limitsIn(env)).toEqual({ maxUploadsPerHour: '5', maxDurationSeconds: '60' });
    const config = readConfig({ target: 'emulator', ...limitsIn(env) });
    expect(config).toMatchObject({ ...DEFAULT_LIMITS, maxUploadsPerHour: 5, maxDurationSeconds: 60 });
  });
});
