import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { countingS3 } from '../metering/clients.ts';

/**
 * The client that both stores here take.
 *
 * Checksums are named call by call: by default the SDK puts the checksum of an empty body into presigned URLs. A
 * connection that brings nothing for a minute is dead; a request must be answered within two (a part has to be sent by
 * then). Repeats are safe: writes are whole, and conditional ones recognise their own.
 */
export function createS3Client(config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 120_000,
      socketTimeout: 60_000,
      throwOnRequestTimeout: true,
    },
    ...config,
  });
  return countingS3(client);
}
