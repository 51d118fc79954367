import type { PutTraceSegmentsCommand } from '@aws-sdk/client-xray';
import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../core/log.ts';
import { type SpanOf, spanned } from '../../core/span.ts';
import { recordSegments } from './record.ts';
import { segmentOf, spanIn } from './segments.ts';

const now = () => new Date('2026-11-22T18:00:00.250Z');
const trace = '00-6921f8a0aaaaaaaabbbbbbbbcccccccc-1111111111111111-01';
const parent = '00-6921f8a0aaaaaaaabbbbbbbbcccccccc-2222222222222222-01';

async function lineOf(span: Partial<SpanOf> = {}, work: () => Promise<unknown> = async () => {}) {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), { worker: 'one' });
  await spanned(log, now, { name: 'enhance', trace, parent, ...span }, work, { file_id: 'a-video' }).catch(() => {});
  return lines[0] ?? '';
}
/** As Lambda writes down what a function gave to its console. */
const wrapped = (message: string) => JSON.stringify({ timestamp: '…', level: 'INFO', requestId: '…', message });
const segmentIn = (line: string) => {
  const span = spanIn(line);
  return span && segmentOf(span);
};

describe('a span that was logged', () => {
  it('becomes a segment of X-Ray, by the same trace in its spelling', async () => {
    const segment = segmentIn(await lineOf());
    expect(segment).toEqual({
      name: 'enhance',
      id: '1111111111111111',
      trace_id: '1-6921f8a0-aaaaaaaabbbbbbbbcccccccc',
      parent_id: '2222222222222222',
      start_time: Date.parse('2026-11-22T18:00:00.250Z') / 1000,
      end_time: expect.any(Number),
      annotations: { file_id: 'a-video' },
    });
    expect(segment?.end_time).toBeGreaterThanOrEqual(segment?.start_time ?? Number.POSITIVE_INFINITY);
  });

  it('is found where Lambda wrapped it, too', async () => {
    const line = await lineOf();
    expect(segmentIn(wrapped(line))).toEqual(segmentIn(line));
  });

  it('says what went wrong, what is a part of what, and what was the first', async () => {
    expect(segmentIn(await lineOf({}, () => Promise.reject(new Error('no'))))).toMatchObject({ fault: true });
    expect(segmentIn(await lineOf({ step: true }))).toMatchObject({ type: 'subsegment' });
    expect(segmentIn(await lineOf({ parent: undefined }))).not.toHaveProperty('parent_id');
    expect(segmentIn(await lineOf({ name: 'first “frame”' }))?.name).toBe('first _frame_');
  });

  it('is found nowhere else', async () => {
    const lines = [
      '',
      'START RequestId',
      '{"message":"claimed"}',
      '[1]',
      'null',
      wrapped('hello'),
      '{"message":"span"}',
    ];
    for (const line of lines) expect(segmentIn(line)).toBeUndefined();
  });
});

describe('X-Ray', () => {
  const segments = Array.from({ length: 120 }, (_, index) => ({
    ...{ name: 'enhance', id: String(index), trace_id: '1-0-0', start_time: 1, end_time: 2 },
  }));

  function xray(answer: object) {
    const sent: string[][] = [];
    const send = async ({ input }: PutTraceSegmentsCommand) => {
      sent.push(input.TraceSegmentDocuments ?? []);
      return answer;
    };
    return { client: { send } as unknown as Parameters<typeof recordSegments>[0], sent };
  }

  it('is given fifty at a time, and nothing where there is nothing', async () => {
    const { client, sent } = xray({});
    await recordSegments(client, segments);
    expect(sent.map((documents) => documents.length)).toEqual([50, 50, 20]);
    expect(sent.flat().map((document) => JSON.parse(document))).toEqual(segments);
    await recordSegments(client, []);
    expect(sent).toHaveLength(3);
  });

  it('is asked again by whoever called, when it does not take all', async () => {
    const { client } = xray({ UnprocessedTraceSegments: [{ Id: '1', ErrorCode: 'Throttled' }] });
    await expect(recordSegments(client, segments)).rejects.toMatchObject({ code: 'trace_refused', retryable: true });
  });
});
