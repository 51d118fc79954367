import { LocalError } from './errors.ts';
import { homeFrom } from './home.ts';
import { onInterrupt } from './interrupts.ts';
import { type Ports, portsFrom, requireFreePort } from './ports.ts';
import { runMain } from './run-main.ts';
import type { ServicePlace } from './service-environment.ts';
import type { Part } from './supervisor/part.ts';
import { endLeftovers, runsElsewhere } from './supervisor/records.ts';
import { supervise } from './supervisor.ts';

/**
 * Runs one service by itself until Ctrl-C: what `npm run start:emulator` and its like do. Prints what it prints.
 *
 * @param port the port it listens on, to be checked beforehand
 */
export async function runAlone(
  make: (place: ServicePlace) => Part | Part[] | Promise<Part[]>,
  port?: keyof Ports,
): Promise<void> {
  await runMain(async () => {
    const home = homeFrom();
    const ports = portsFrom();
    const parts = [await make({ home, ports, env: process.env })].flat();
    if (parts.length === 0) return console.log('There is nothing to start: RABBITMQ_URL names a broker.');
    await endLeftovers(home.run);
    // The last is what people call it; the others are its helpers.
    for (const { name } of parts.toReversed()) requireNotRunning(home.run, name);
    if (port) await requireFreePort(port, ports[port]);

    const hopeless = Promise.withResolvers<never>();
    // It may come while nobody waits for it yet.
    hopeless.promise.catch(() => {});
    const supervisor = supervise({
      logs: home.logs,
      run: home.run,
      report: (line) => console.error(line),
      echo: (_, chunk) => process.stdout.write(chunk),
      onHopeless: hopeless.reject,
    });
    const stopped = new Promise<void>((resolve) => {
      onInterrupt((count) => {
        if (count > 1) supervisor.kill();
        supervisor.stop().then(resolve);
      });
    });
    try {
      for (const part of parts) await Promise.race([supervisor.start([part]), stopped]);
      if (port) console.error(`Ready on 127.0.0.1:${ports[port]}. Ctrl-C stops it.`);
      await Promise.race([stopped, hopeless.promise]);
    } finally {
      await supervisor.stop();
    }
  });
}

function requireNotRunning(folder: string, part: string): void {
  const pid = runsElsewhere(folder, part);
  if (pid === undefined) return;
  throw new LocalError('already_running', `${part} already runs here, under process ${pid}. Stop that first.`);
}
