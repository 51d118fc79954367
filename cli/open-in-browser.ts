import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LocalError } from '../local/errors.ts';

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** @throws LocalError `no_browser` where this system has no way to open an address */
export async function openInBrowser(address: string, env: NodeJS.ProcessEnv): Promise<void> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true, env });
  const failed = await Promise.race([once(child, 'error').then(() => true), once(child, 'spawn').then(() => false)]);
  if (failed) throw new LocalError('no_browser', 'No browser can be opened from here: open the address above by hand.');
  child.unref();
}
