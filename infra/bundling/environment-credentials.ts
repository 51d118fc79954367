/*
 * Stands in for the SDK's credential provider chain in bundled functions. Lambda gives a function its role's
 * credentials in the environment; the chain's other dozen places (profiles, single sign-on, instance metadata, …) are
 * 100 kB that no function can use.
 */

/** As the module it stands in for: answers a provider of credentials. */
export function defaultProvider() {
  return async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
    if (!accessKeyId || !secretAccessKey) throw new Error('There are no credentials in the environment.');
    const sessionToken = process.env.AWS_SESSION_TOKEN;
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  };
}
