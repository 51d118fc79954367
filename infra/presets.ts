import { DEFAULT_MAX_UPLOAD } from '../core/upload-plan.ts';
import type { SettingsInput } from './settings.ts';

export const PRESETS = ['dev', 'prod'] as const;
export type Preset = (typeof PRESETS)[number];

const GiB = 1024 ** 3;
const HOUR = 60 * 60;

/** What a deployment is unless it says otherwise. docs/deploy.md has what each of them costs. */
export const PRESET_SETTINGS: Record<Preset, SettingsInput> = {
  /** For trying things out: cheap while idle, everything goes with its stacks, nobody signs in. */
  dev: {
    name: 'reelight-dev',
    region: 'us-east-1',
    auth: 'none',
    firewall: false,
    maxUploadBytes: 5 * GiB,
    maxDurationSeconds: 2 * HOUR,
    maxPixels: 4096 * 2304,
    maxFrameRate: 300,
    maxWorkSeconds: 6 * HOUR,
    maxUploadsPerHour: 50,
    maxVideosInFlight: 100,
    requestsPerFiveMinutes: 2_000,
    requestsPerSecond: 50,
    edgeSecret: 1,
    signingKey: 1,
    network: 'public',
    brokerVersion: '4.2',
    brokerInstance: 'mq.m7g.medium',
    brokerNodes: 1,
    workerCpu: 2048,
    workerMemory: 4096,
    workerScratch: 50,
    workersMin: 0,
    workersMax: 4,
    workersOnDemand: 0,
    priceClass: '100',
    keepData: false,
    recoveryDays: 1,
    logRetentionDays: 7,
    accessLogs: false,
    flowLogs: false,
    rotationDays: 90,
    monthlyBudget: 100,
    tracing: true,
    insights: false,
  },
  /** For people who rely on it. */
  prod: {
    name: 'reelight',
    region: 'us-east-1',
    auth: 'oidc',
    firewall: true,
    maxUploadBytes: DEFAULT_MAX_UPLOAD,
    maxDurationSeconds: 6 * HOUR,
    maxPixels: 8192 * 4320,
    maxFrameRate: 300,
    maxWorkSeconds: 12 * HOUR,
    maxUploadsPerHour: 100,
    maxVideosInFlight: 2_000,
    requestsPerFiveMinutes: 2_000,
    requestsPerSecond: 500,
    edgeSecret: 1,
    signingKey: 1,
    network: 'endpoints',
    brokerVersion: '4.2',
    brokerInstance: 'mq.m7g.large',
    brokerNodes: 1,
    workerCpu: 2048,
    workerMemory: 8192,
    workerScratch: 100,
    workersMin: 1,
    workersMax: 20,
    workersOnDemand: 1,
    priceClass: '100',
    keepData: true,
    recoveryDays: 35,
    logRetentionDays: 90,
    accessLogs: true,
    flowLogs: true,
    rotationDays: 30,
    monthlyBudget: 1_000,
    tracing: true,
    insights: true,
  },
};

/** What nobody should have in production by a slip: the setting, the value it must not have, and why. */
export const REFUSED_IN_PROD = [
  ['auth', 'none', 'must be oidc in production: without it everybody can see and delete what they know the address of'],
  ['network', 'public', 'must be endpoints or nat in production: the broker is not to have a public address'],
  ['firewall', false, 'must be true in production: nothing else bounds what one address may ask for'],
] as const;
