import { Refusal } from '../../../core/refusal.ts';
import type { Fault } from '../fault.ts';
import type { Call } from '../rig/calls.ts';
import type { Harm } from '../rig/emulator-front.ts';
import { harming } from './harming.ts';
import { atMost, pauseOr } from './waiting.ts';

const STORM_MS = { from: 2_000, to: 5_000 };
const STORM_WRITERS = 6;

/** What happens to DynamoDB, and on the way to it. */
export const TABLE_FAULTS: readonly Fault[] = [
  harming('DynamoDB throttles', 'dynamodb', 0.4, ({ random, call }) => throttled(call, random.chance(0.5))),
  harming('DynamoDB fails', 'dynamodb', 0.25, () => refusal(500, 'InternalServerError')),
  harming('DynamoDB is slow', 'dynamodb', 0.3, ({ random }) => ({ kind: 'delay', ms: random.int(300, 3_000) })),
  harming('DynamoDB answers are lost', 'dynamodb', 0.15, ({ call }) => (isWrite(call) ? { kind: 'lose' } : undefined)),
  {
    /** Others write the same records all the time: conditions fail again and again, for everybody. */
    name: 'DynamoDB conditional storm',
    async strike({ rig, crowd, random, signal, fired }) {
      const until = atMost(random.int(STORM_MS.from, STORM_MS.to), signal);
      let written = 0;
      const writer = async () => {
        while (!until.aborted) {
          const flying = crowd.inFlight();
          if (flying.length === 0) await pauseOr(100, until);
          else {
            // The same content once more: only its number grows.
            const answer = await rig.videos
              .change(random.pick(flying), (video) => ({ ...video }))
              .catch(() => undefined);
            if (answer && !(answer instanceof Refusal)) written += 1;
          }
        }
      };
      await Promise.all(Array.from({ length: STORM_WRITERS }, writer));
      if (written > 0) fired(`${written} writes`);
    },
  },
];

/** As each operation says that it is too much. A transaction says what became of each of its items. */
function throttled({ operation }: Call, byThroughput: boolean): Harm {
  if (operation === 'TransactWriteItems') {
    const CancellationReasons = [{ Code: byThroughput ? 'ThrottlingError' : 'TransactionConflict' }, { Code: 'None' }];
    return refusal(400, 'TransactionCanceledException', { CancellationReasons });
  }
  return refusal(400, byThroughput ? 'ProvisionedThroughputExceededException' : 'ThrottlingException');
}

const isWrite = ({ operation }: Call): boolean => /^(Put|Update|Delete|TransactWrite)/.test(operation);

function refusal(status: number, code: string, more: object = {}): Harm {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: code, ...more });
  return { kind: 'refuse', status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}
