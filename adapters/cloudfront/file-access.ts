import { getSignedCookies } from '@aws-sdk/cloudfront-signer';
import type { AccessCookie, FileAccess } from '../../core/ports/file-access.ts';

/** What files are signed out with, and the address at which they are. */
export interface SigningKey {
  /** Scheme and host, as viewers have it. */
  address: string;
  /** By which CloudFront knows the public half. */
  key_pair_id: string;
  /** PEM. */
  private_key: string;
}

/** CloudFront's own names: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html */
const KEY_PAIR_ID = 'CloudFront-Key-Pair-Id';

/**
 * CloudFront's signed cookies. Each file has a policy of its own, and its cookies are sent with that file alone. One
 * policy for all files of a video would need a wildcard before its id, and a wildcard matches `?` too: then
 * `/processed_videos/another?/this` would be allowed. After the id it is harmless, and lets players add a query.
 *
 * @param signingKey asked each time, as keys are replaced
 */
export function cloudFrontFileAccess(signingKey: () => Promise<SigningKey>): FileAccess {
  return {
    async allow(keys, until) {
      const { address, key_pair_id: keyPairId, private_key: privateKey } = await signingKey();
      const secure = address.startsWith('https:');
      const cookies = keys.flatMap((key): AccessCookie[] => {
        const policy = policyFor(`${address}/${key}*`, until);
        const { [KEY_PAIR_ID]: _, ...signed } = getSignedCookies({ policy, keyPairId, privateKey });
        return Object.entries(signed).map(([name, value]) => ({ name, value: String(value), path: `/${key}`, secure }));
      });
      // The same for all: browsers keep no more than some 180 cookies of one site.
      return [...cookies, { name: KEY_PAIR_ID, value: keyPairId, path: '/', secure }];
    },
  };
}

function policyFor(resource: string, until: Date): string {
  const Condition = { DateLessThan: { 'AWS:EpochTime': Math.floor(until.getTime() / 1000) } };
  return JSON.stringify({ Statement: [{ Resource: resource, Condition }] });
}
