import type { IncomingMessage } from 'node:http';

/** A call to AWS, as far as it is told from outside. */
export interface Call {
  service: 'dynamodb' | 's3' | 'other';
  /** DynamoDB's name of it, or S3's method: `PutItem`, `GET`. */
  operation: string;
  /** S3's bucket and key. */
  path: string;
}

/**
 * What is asked of whom. Presigned requests are the browsers' and count as `other`, and so does what the emulator does
 * not answer as one of these services.
 */
export function callOf({
  method = 'GET',
  url = '/',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Call {
  const path = url.split('?')[0] ?? '/';
  const target = String(headers['x-amz-target'] ?? '');
  if (target.startsWith('DynamoDB_')) return { service: 'dynamodb', operation: target.split('.')[1] ?? '', path };
  const isSigned = /\/s3\/aws4_request/.test(headers.authorization ?? '');
  return isSigned ? { service: 's3', operation: method, path } : { service: 'other', operation: method, path };
}
