import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { countingTable } from '../metering/clients.ts';

/**
 * The client that every store here takes. A call is one small row or page, so it answers within seconds or is tried
 * again; `adaptive` slows down when the table throttles. Repeats are safe: writes carry what recognises them.
 */
export function createDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    retryMode: 'adaptive',
    maxAttempts: 6,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...config,
  });
  return DynamoDBDocumentClient.from(countingTable(client), { marshallOptions: { removeUndefinedValues: true } });
}
