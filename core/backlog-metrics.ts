/** What CloudWatch calls the metrics of ours, of all deployments, and by what it tells those apart. */
export const METRICS_NAMESPACE = 'Reelight';
export const METRICS_DIMENSION = 'Deployment';

/** What is counted every minute, in CloudWatch's units: workers are added and taken away by it, and people are called. */
export const BACKLOG_UNITS = {
  Backlog: 'Count',
  Workers: 'Count',
  BacklogPerWorker: 'Count',
  IdleWorkers: 'Count',
  LongestWait: 'Seconds',
} as const;

export type BacklogMetric = keyof typeof BACKLOG_UNITS;
