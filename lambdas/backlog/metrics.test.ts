import { expect, it } from 'vitest';
import { metrics } from './metrics.ts';

it('writes one line that CloudWatch makes metrics of', () => {
  const values = { Backlog: 3, Workers: 2, BacklogPerWorker: 1.5, IdleWorkers: 0, LongestWait: 1.5 };
  const text = metrics('reelight', new Date(1_000), values);
  expect(text).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(text)).toEqual({
    _aws: {
      Timestamp: 1_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Reelight',
          Dimensions: [['Deployment']],
          Metrics: [
            { Name: 'Backlog', Unit: 'Count' },
            { Name: 'Workers', Unit: 'Count' },
            { Name: 'BacklogPerWorker', Unit: 'Count' },
            { Name: 'IdleWorkers', Unit: 'Count' },
            { Name: 'LongestWait', Unit: 'Seconds' },
          ],
        },
      ],
    },
    Deployment: 'reelight',
    ...values,
  });
});
