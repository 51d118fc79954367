import { expect, it } from 'vitest';
import { metrics } from './metrics.ts';

it('writes one line that CloudWatch makes metrics of', () => {
  const text = metrics('reelight', new Date(1_000), { Backlog: [3, 'Count'], LongestWait: [1.5, 'Seconds'] });
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
            { Name: 'LongestWait', Unit: 'Seconds' },
          ],
        },
      ],
    },
    Deployment: 'reelight',
    Backlog: 3,
    LongestWait: 1.5,
  });
});
