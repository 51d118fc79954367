/** A token for somebody of this name, by the issuer of this machine. */
export async function tokenFor(username: string, issuer: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'reelight', username });
  const response = await fetch(`${issuer}/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(`The issuer answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { access_token: string }).access_token;
}
