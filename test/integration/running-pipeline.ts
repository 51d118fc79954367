import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Outputs } from '../../infra/outputs.ts';
import { homeFrom } from '../../local/home.ts';
import { freePorts } from '../../local/ports.ts';
import { startPipeline } from '../../local/start.ts';
import { tokenFor } from './token.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    base: string;
    outputs: Outputs;
    /** Where the supervisor notes the process of each part. */
    runFolder: string;
    /** Where people sign in; undefined where they need not. */
    issuer: string | undefined;
    /** The home of this run's pipeline. */
    home: string;
  }
}

/**
 * Starts the whole pipeline once for all integration tests, beside one that may be running: in a home of its own that
 * begins empty, on ports that are free. What the tools need (the emulator's environment) is the usual home's.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const usual = homeFrom(process.env);
  const root = join(usual.root, 'test');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const [edge, emulator, broker, issuer] = await freePorts(4);
  Object.assign(process.env, {
    REELIGHT_HOME: root,
    REELIGHT_VENV: usual.venv,
    PORT: String(edge),
    REELIGHT_EMULATOR_PORT: String(emulator),
    REELIGHT_BROKER_PORT: String(broker),
    REELIGHT_ISSUER_PORT: String(issuer),
    // Tests that speak to AWS themselves do it as the account's root, at the emulator.
    AWS_ENDPOINT_URL: `http://127.0.0.1:${emulator}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const pipeline = await startPipeline({ note: (line) => console.log(line) });
  const { addresses } = pipeline;
  // Whoever talks to it without saying who they are is this one.
  if (addresses.issuer) process.env.REELIGHT_TOKEN = await tokenFor('somebody', addresses.issuer);
  project.provide('base', addresses.base);
  project.provide('issuer', addresses.issuer);
  project.provide('outputs', pipeline.outputs);
  project.provide('runFolder', homeFrom(process.env).run);
  project.provide('home', root);
  return () => pipeline.stop();
}
