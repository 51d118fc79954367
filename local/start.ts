import { once } from 'node:events';
import { onInterrupt } from './interrupts.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { runMain } from './run-main.ts';

export { type Addresses, type Pipeline, type PipelineOptions, startPipeline } from './pipeline.ts';

const USAGE = `Usage: npm start [-- --docker]

Runs the whole pipeline on this machine until Ctrl-C.
  --docker   emulator and broker in containers (localstack-compose.yml)

Environment: PORT (8000), WORKERS (2), REELIGHT_HOME (.reelight), REELIGHT_EMULATOR_PORT (4566),
REELIGHT_BROKER_PORT (5682), RABBITMQ_URL (another broker), ALLOWED_ORIGINS (*), FFMPEG_PATH,
AUTH (none, or oidc for sign-in: by an issuer of this machine at REELIGHT_ISSUER_PORT (8001), or by the one that
OIDC_ISSUER and OIDC_CLIENT_ID name).`;

/** What `npm start` prints when everything runs. */
export function summary({ addresses, workers }: Pick<Pipeline, 'addresses' | 'workers'>): string {
  const rows = [
    ['Page and API', addresses.base],
    ['API reference', addresses.docs],
    ['WebSocket', addresses.webSocket],
    ['AWS emulator', addresses.emulator],
    ['Broker', addresses.broker],
    ...(addresses.issuer ? [['Sign-in', addresses.issuer] as const] : []),
    ['Workers', String(workers)],
    ['Logs', addresses.logs],
  ] as const;
  return rows.map(([what, where]) => `  ${what.padEnd(15)}${where}`).join('\n');
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) return console.log(USAGE);
  const unknown = args.find((argument) => argument !== '--docker');
  if (unknown !== undefined) {
    console.error(`Unknown argument ${unknown}.\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }

  const interrupted = new AbortController();
  onInterrupt((count) => {
    if (count === 1) console.log('\nStopping … (Ctrl-C again stops at once)');
    // What was started is killed when this process exits.
    else process.exit(130);
    interrupted.abort();
  });
  try {
    const running = await startPipeline({
      docker: args.includes('--docker'),
      note: console.log,
      signal: interrupted.signal,
    });
    console.log(`\n${summary(running)}\n\nReady in ${(performance.now() / 1000).toFixed(1)} s. Ctrl-C stops it.`);
    const over = AbortSignal.any([interrupted.signal, running.hopeless]);
    if (!over.aborted) await once(over, 'abort');
    await running.stop();
    if (!interrupted.signal.aborted) throw running.hopeless.reason;
    console.log('Stopped.');
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.log('Stopped.');
  }
}

if (import.meta.main) await runMain(main);
