import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { TransientError } from '../../core/errors.ts';
import type { RabbitMqEvent } from './event.ts';

/** Runs the function on a batch and waits for its end. @throws when it has to be done again, for whatever reason */
export type Invoke = (event: RabbitMqEvent, signal: AbortSignal) => Promise<void>;

/** No function runs longer, so after this there is none left to wait for. */
const LONGEST_RUN_MS = 15 * 60_000;
const CONNECT_MS = 3_000;

/** What a function's error looks like from outside. */
const Failure = z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() });

/** Invokes a deployed function. Repeats are the caller's, who knows the batch; the client makes none. */
export function lambdaInvoke(functionName: string): Invoke {
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: LONGEST_RUN_MS,
      socketTimeout: LONGEST_RUN_MS,
      throwOnRequestTimeout: true,
    },
  });
  return async (event, abortSignal) => {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await client.send(command, { abortSignal });
    if (!FunctionError) return;
    throw new TransientError('function_failed', `${functionName} failed: ${described(Payload) ?? FunctionError}`);
  };
}

function described(payload: Uint8Array | undefined): string | undefined {
  try {
    const { errorType, errorMessage } = Failure.parse(JSON.parse(Buffer.from(payload ?? []).toString('utf8')));
    return [errorType, errorMessage].filter(Boolean).join(': ').slice(0, 300) || undefined;
  } catch {
    return undefined;
  }
}
