import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNoArguments } from '../arguments.ts';
import { REGION } from '../credentials.ts';
import type { Home } from '../home.ts';
import { runAlone } from '../run-alone.ts';
import { pathWithNode, type ServicePlace } from '../service-environment.ts';
import { venvPython } from '../setup/python.mjs';
import { findFfmpeg } from '../setup/tools.mjs';
import { type Part, until } from '../supervisor/part.ts';

/** MiniStack: AWS on this machine, behind one port, with IAM enforced. Keeps its state in the home. */
export function emulatorPart({ home, ports, env }: ServicePlace): Part {
  return {
    name: 'emulator',
    command: venvPython(home.venv),
    args: ['-m', 'ministack'],
    cwd: home.emulator.root,
    env: emulatorEnvironment({ home, ports, env }),
    prepare: () => prepare(home),
    ready: (signal) => until(async (patience) => isHealthy(ports.emulator, patience), signal),
    stopMs: 15_000,
  };
}

/**
 * Nothing of the person's environment but where programs are: emulated functions inherit all of it, and must find no
 * more than they would in AWS. They are started as `node` and find FFmpeg beside the rest.
 */
export function emulatorEnvironment({ home, ports, env }: ServicePlace): Record<string, string> {
  const { ffmpeg, ffprobe } = findFfmpeg(env);
  return {
    PATH: pathWithNode(env),
    HOME: home.emulator.root,
    TMPDIR: home.emulator.tmp,
    LANG: 'C.UTF-8',
    ...(ffmpeg ? { FFMPEG_PATH: ffmpeg } : {}),
    ...(ffprobe ? { FFPROBE_PATH: ffprobe } : {}),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(ports.emulator),
    MINISTACK_REGION: REGION,
    AUTH: 'true',
    PERSIST_STATE: '1',
    STATE_DIR: home.emulator.state,
    S3_PERSIST: '1',
    S3_DATA_DIR: home.emulator.objects,
    // Listeners that nobody needs here.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // It would clear away containers of other emulators.
    DOCKER_HOST: `unix://${join(home.emulator.root, 'no-docker.sock')}`,
  };
}

/** The path that both MiniStack and LocalStack answer. */
export async function isHealthy(port: number, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/_localstack/health`, { signal });
  await answer.body?.cancel();
  return answer.ok;
}

function prepare({ emulator }: Home): void {
  // What emulated functions were unpacked into, in an earlier run.
  rmSync(emulator.tmp, { recursive: true, force: true });
  // Its state holds secrets.
  mkdirSync(emulator.root, { recursive: true, mode: 0o700 });
  for (const folder of [emulator.state, emulator.objects, emulator.tmp]) mkdirSync(folder, { recursive: true });
  // The home may be inside a package of ES modules, as this one is, and the emulator's own script is none.
  writeFileSync(join(emulator.tmp, 'package.json'), '{ "type": "commonjs" }\n');
  rewindStreams(join(emulator.state, 'lambda.json'));
}

/**
 * MiniStack saves how far it read each table's stream, but not the stream: after a restart, as many changes as were
 * ever read would go unnoticed. So reading starts at the beginning of the new, empty stream.
 */
export function rewindStreams(stateFile: string): void {
  const state = readState(stateFile);
  const positions = state?.payload?.dynamodb_stream_positions?.data;
  if (!positions) return;
  for (const stream of Object.keys(positions)) positions[stream] = 0;
  writeFileSync(stateFile, JSON.stringify(state));
}

interface LambdaState {
  payload?: { dynamodb_stream_positions?: { data?: Record<string, number> } };
}

function readState(path: string): LambdaState | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LambdaState;
  } catch {
    // Before the first save there is none.
    return undefined;
  }
}

if (import.meta.main) {
  readNoArguments(
    'Usage: npm run start:emulator\n\nRuns the AWS emulator alone, until Ctrl-C. Environment: REELIGHT_EMULATOR_PORT (4566).',
  );
  await runAlone(emulatorPart, 'emulator');
}
