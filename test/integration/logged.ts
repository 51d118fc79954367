import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { spanIn } from '../../adapters/xray/segments.ts';
import type { SpanLine } from '../../core/span.ts';
import { emulator } from './emulator.ts';

/** The spans that were logged of one video: by functions into their log groups, by workers into files. */
export async function spansOf(fileId: string, home: string): Promise<SpanLine[]> {
  const lines = [...(await ofFunctions()), ...(await ofWorkers(join(home, 'logs')))];
  return lines.flatMap((line) => spanIn(line.trim()) ?? []).filter(({ file_id }) => file_id === fileId);
}

async function ofFunctions(): Promise<string[]> {
  const client = new CloudWatchLogsClient(emulator());
  const lines: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        // The emulator keeps what a call printed in one event.
        lines.push(...events.flatMap(({ message = '' }) => message.split('\n')));
      }
    }
  }
  client.destroy();
  return lines;
}

async function ofWorkers(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => /^worker-\d+\.log$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n'));
}
