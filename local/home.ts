import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Where everything is kept that one machine's pipeline writes. Deleting the folder forgets all of it. */
export interface Home {
  root: string;
  /** The emulator's Python environment. */
  venv: string;
  /** Stack outputs of the deployment, one flat JSON object. */
  outputs: string;
  /** Profiles for the AWS SDK: `enhancer`, `bridge`, `edge`, `root`. */
  awsConfig: string;
  /** The broker's user and password; readable by the owner only. */
  brokerCredentials: string;
  /** What files are signed out with, and what the issuer of this machine signs with; readable by the owner only. */
  signingKey: string;
  issuerKey: string;
  /** One log a part. */
  logs: string;
  /** Who runs: locks, and which processes are whose. */
  run: string;
  /** The workers' temporary files. */
  scratch: string;
  emulator: { root: string; state: string; objects: string; tmp: string };
  broker: { root: string; data: string; config: string; definitions: string; plugins: string; cookie: string };
}

/** REELIGHT_HOME, by default `.reelight` in the repository. */
export function homeFrom(env: NodeJS.ProcessEnv = process.env): Home {
  const root = resolve(ROOT, env.REELIGHT_HOME || '.reelight');
  const at = (...path: string[]) => join(root, ...path);
  return {
    root,
    venv: env.REELIGHT_VENV || at('venv'),
    outputs: at('outputs.json'),
    awsConfig: at('aws-config'),
    brokerCredentials: at('broker-credentials.json'),
    signingKey: at('signing-key.json'),
    issuerKey: at('issuer-key.json'),
    logs: at('logs'),
    run: at('run'),
    scratch: at('scratch'),
    emulator: {
      root: at('emulator'),
      state: at('emulator', 'state'),
      objects: at('emulator', 'objects'),
      tmp: at('emulator', 'tmp'),
    },
    broker: {
      root: at('broker'),
      data: at('broker', 'data'),
      config: at('broker', 'rabbitmq.conf'),
      definitions: at('broker', 'definitions.json'),
      plugins: at('broker', 'enabled_plugins'),
      cookie: at('broker', '.erlang.cookie'),
    },
  };
}

/** A path as people want to read it: from where they are, if that is shorter. */
export function readable(path: string, from = process.cwd()): string {
  const short = relative(from, path);
  return short.length < path.length && !short.startsWith('..') ? short || '.' : path;
}
