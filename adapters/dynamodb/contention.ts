import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type RequestError, TransientError } from '../../core/errors.ts';
import { rowFromImage } from './row.ts';

const MAX_TRIES = 20;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** Others were in the way: the same call may succeed in a moment. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** `again` asks for another try after a pause that grows and is random, so that rivals do not meet again. */
export const again = Symbol('again');

/**
 * Runs `attempt` until it answers.
 *
 * @throws TransientError `contended` after twenty tries
 */
export async function untilSettled<T>(what: string, attempt: () => Promise<T | typeof again>): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const answer = await attempt();
    if (answer !== again) return answer;
    await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries));
  }
  throw new TransientError('contended', `Not done after ${MAX_TRIES} tries: ${what}. Try again later.`);
}

export type TransactItem = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>[number];

/** One write of several that happen together or not at all. */
export interface Write {
  item: TransactItem;
  /** Names it, so that a repeat whose first answer was lost finds its own name in the row. */
  writeId?: string;
  /** What it means when this one's condition does not hold; unless given, that the row is another than it was. */
  refused?: () => RequestError;
}

/** Why a conditional write did not happen. */
export interface Lost {
  /** By position in the transaction (0 for a single write): whether its condition failed, and what was there instead. */
  failed(position: number): boolean;
  found(position: number): Record<string, unknown> | undefined;
}

/** Awaits a conditional write or transaction: undefined when it happened. Errors that are not about state are thrown. */
export function outcome(write: Promise<unknown>): Promise<Lost | undefined> {
  return write.then(() => undefined, lost);
}

function lost(error: unknown): Lost {
  if (error instanceof ConditionalCheckFailedException) {
    return { failed: (position) => position === 0, found: () => error.Item && rowFromImage(error.Item) };
  }
  if (error instanceof TransactionConflictException) return { failed: () => false, found: () => undefined };
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    const failed = (position: number) => reasons[position]?.Code === 'ConditionalCheckFailed';
    const isAboutState = reasons.some(
      ({ Code = '' }) => Code === 'ConditionalCheckFailed' || PASSING_REASONS.has(Code),
    );
    if (isAboutState) {
      return {
        failed,
        found: (position) => {
          const item = reasons[position]?.Item;
          return item && rowFromImage(item);
        },
      };
    }
  }
  throw error;
}
