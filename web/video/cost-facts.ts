import type { VideoRecord } from '../../client/index.ts';
import type { Fact } from '../ui/fact-list.tsx';
import { span } from '../words.ts';

/** What the work on a video has taken, in words. */
export function costFacts({ cost, receipts }: Pick<VideoRecord, 'cost' | 'receipts'>): Fact[] {
  const { video_enhancement: worker, metadata_extraction: lambda } = cost.processes;
  const cpu = receipts.video_enhancement?.cpu_seconds;
  const asked = (of: (process: typeof worker) => number) => Math.round(of(worker) + of(lambda)).toLocaleString();
  return [
    { name: 'Cost', value: dollars(cost.dollars), more: `by ${cost.region}’s list prices` },
    { name: 'Workers', value: span(worker.seconds), more: `${round(worker.vcpu_seconds)} vCPU-seconds` },
    ...(cpu ? [{ name: 'FFmpeg', value: span(cpu), more: 'of processor time' }] : []),
    { name: 'Function', value: `${lambda.lambda_ms.toLocaleString()} ms`, more: 'for the metadata' },
    {
      name: 'Storage',
      value: `${asked(({ s3_reads, s3_writes }) => s3_reads + s3_writes)} requests`,
      more: `${asked(({ s3_writes }) => s3_writes)} of them writes`,
    },
    {
      name: 'Table',
      value: `${asked(({ table_writes }) => table_writes)} units written`,
      more: `${asked(({ table_reads }) => table_reads)} read`,
    },
  ];
}

/** "$0.0031": two digits that say something. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0';
  const digits = Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(amount))));
  return `$${amount.toFixed(digits)}`;
}

const round = (value: number) => (Math.round(value * 10) / 10).toLocaleString();
