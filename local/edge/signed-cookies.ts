import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { EdgeRefusal } from './refusals.ts';
import type { Fields } from './viewer-function.ts';

/** What CloudFront calls a trusted key group: whose signatures let viewers have what is restricted. */
export interface TrustedKey {
  keyPairId: string;
  /** PEM. */
  publicKey: string;
}

interface Policy {
  Statement: [{ Resource: string; Condition: { DateLessThan: { 'AWS:EpochTime': number } } }];
}

/**
 * Lets through who has signed cookies with a custom policy that is about this address.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html
 *
 * @returns a check that throws EdgeRefusal 403
 */
export function cookieCheck({ keyPairId, publicKey }: TrustedKey, now: () => number = Date.now) {
  const key = createPublicKey(publicKey);
  return (cookies: Fields, address: string): void => {
    const value = (name: string) => cookies[`CloudFront-${name}`]?.value ?? '';
    if (value('Key-Pair-Id') !== keyPairId) throw refused('There is no cookie that says who you are.');
    const policy = signedPolicy(value('Policy'), value('Signature'), key);
    const [{ Resource, Condition }] = policy?.Statement ?? [{}];
    if (!Resource || !matches(Resource, address)) throw refused('Your cookies are not for this address.');
    const until = Condition?.DateLessThan['AWS:EpochTime'] ?? 0;
    if (until * 1000 <= now()) throw refused('Your cookies are too old.');
  };
}

const refused = (why: string) => new EdgeRefusal(403, `Access denied: ${why}`);

/** The policy, if it was signed with the key. CloudFront's default is SHA-1. */
function signedPolicy(policy: string, signature: string, key: KeyObject): Policy | undefined {
  const text = decoded(policy);
  if (!verify('RSA-SHA1', text, key, decoded(signature))) return undefined;
  return JSON.parse(text.toString()) as Policy;
}

/** Base64, with what cookies cannot hold written otherwise. */
function decoded(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
}

/** `*` is any text and `?` any character, in the whole address with its query. */
function matches(resource: string, address: string): boolean {
  const source = resource
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(address);
}
