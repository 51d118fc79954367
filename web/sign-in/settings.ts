/** Who signs people in, as the deployment wrote it into the page. */
export interface SignInSettings {
  issuer: string;
  clientId: string;
  /** What tokens are to be for, where that is not the page itself. */
  audience: string | undefined;
}

/** Undefined where nobody signs in, and where the page is not deployed but worked on. */
export function settingsIn(content: (name: string) => string): SignInSettings | undefined {
  const [issuer, clientId, audience] = [content('issuer'), content('client'), content('audience')];
  if (!issuer || !clientId || new URL(issuer).hostname.endsWith('.invalid')) return undefined;
  return { issuer, clientId, audience: audience === clientId ? undefined : audience };
}

export const signIn = settingsIn(
  (name) => document.querySelector<HTMLMetaElement>(`meta[name=reelight-${name}]`)?.content ?? '',
);
