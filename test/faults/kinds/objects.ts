import type { Fault } from '../fault.ts';
import type { Harm } from '../rig/emulator-front.ts';
import { harming } from './harming.ts';

/** What happens to S3, and on the way to it. */
export const OBJECT_FAULTS: readonly Fault[] = [
  harming('S3 answers 500', 's3', 0.3, ({ random }) =>
    random.chance(0.5) ? refusal(500, 'InternalError') : refusal(503, 'SlowDown'),
  ),
  harming('S3 is slow', 's3', 0.4, ({ random }) => ({ kind: 'delay', ms: random.int(500, 4_000) })),
  harming('S3 answers are lost', 's3', 0.15, ({ call }) => (call.operation === 'HEAD' ? undefined : { kind: 'lose' })),
];

function refusal(status: number, code: string): Harm {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { kind: 'refuse', status, headers: { 'content-type': 'application/xml' }, body };
}
