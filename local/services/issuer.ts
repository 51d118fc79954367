import { once } from 'node:events';
import { join } from 'node:path';
import { LocalError } from '../errors.ts';
import { homeFrom, ROOT } from '../home.ts';
import { onInterrupt } from '../interrupts.ts';
import { createIssuer } from '../issuer/issuer.ts';
import { tokenSigner } from '../issuer/tokens.ts';
import { portsFrom } from '../ports.ts';
import { runMain } from '../run-main.ts';
import { pathWithNode, type ServicePlace, withoutCloud } from '../service-environment.ts';
import { signInFrom } from '../sign-in.ts';
import { type Part, until } from '../supervisor/part.ts';

/** This machine's issuer, where people sign in by it. */
export function issuerParts({ env, ports }: ServicePlace): Part[] {
  const signIn = signInFrom(env, ports);
  if (!signIn?.ours) return [];
  const answers = async (signal: AbortSignal) => {
    const answer = await fetch(`${signIn.issuer}/.well-known/openid-configuration`, { signal });
    await answer.body?.cancel();
    return answer.ok;
  };
  return [
    {
      name: 'issuer',
      command: process.execPath,
      args: [join(ROOT, 'local', 'services', 'issuer.ts')],
      cwd: ROOT,
      env: { ...withoutCloud(env), PATH: pathWithNode(env) },
      ready: (signal) => until(answers, signal),
      stopMs: 5_000,
    },
  ];
}

if (import.meta.main) {
  await runMain(async () => {
    const ports = portsFrom();
    const { issuer, clientId } = signInFrom({ ...process.env, AUTH: 'oidc' }, ports) ?? {};
    if (!issuer || !clientId) throw new LocalError('bad_setting', 'AUTH is not oidc.');
    const server = createIssuer(await tokenSigner(homeFrom(), issuer, clientId));
    server.listen(ports.issuer, '127.0.0.1');
    await once(server, 'listening');
    await new Promise<void>((resolve) => {
      onInterrupt(() => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    });
  });
}
