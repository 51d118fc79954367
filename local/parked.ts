import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './home.ts';
import { runMain } from './run-main.ts';
import { serviceEnvironment } from './service-environment.ts';

/* `npm run parked`: the operator's program on the deployment of this machine, under the operator's role. */

await runMain(async () => {
  const args = [join(ROOT, 'ops', 'parked.ts'), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: serviceEnvironment('operator') });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
});
