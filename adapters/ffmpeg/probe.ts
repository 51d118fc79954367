import { BadInput, TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Probe, RangeSource } from '../../core/ports/index.ts';
import { factsOf } from './facts.ts';
import { withInput } from './input.ts';
import { Report } from './report.ts';
import { OutputTooLarge, runForOutput } from './run.ts';

/** A report is a few kilobytes; one above this is made to hurt. */
const LARGEST_REPORT = 4 * 1024 * 1024;

const SHOW = ['-v', 'error', '-show_error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json'];

/** See `MediaTools.probe`. */
export async function probe(ffprobe: string, source: RangeSource, signal: AbortSignal, log: Log): Promise<Probe> {
  if (source.size === 0) throw new BadInput('unreadable', 'This file could not be read as a video: it is empty.');
  return withInput(source, signal, async (input) => {
    const args = [...SHOW, ...input.args];
    const { stdout, ...ended } = await runForOutput({
      program: ffprobe,
      args,
      signal,
      limit: LARGEST_REPORT,
    }).catch(tooLarge);
    input.blameStorage();
    const report = parse(stdout);
    if (ended.code !== 0 || !report?.format) {
      log.info('not read', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
    }
    if (ended.signal || !report) throw new TransientError('probe_failed', 'The file could not be looked at.');
    if (report.error || !report.format) throw unreadable('it is damaged, or no video at all');
    const { filename: _, ...format } = report.format;
    return { facts: factsOf(report), report: { format, streams: report.streams, chapters: report.chapters } };
  });
}

/** The streams of a file that we wrote. */
export async function probeOwn(ffprobe: string, path: string, signal: AbortSignal): Promise<Report | undefined> {
  const args = [...SHOW, '-protocol_whitelist', 'file', '-i', `file:${path}`];
  const { stdout } = await runForOutput({ program: ffprobe, args, signal, limit: LARGEST_REPORT });
  return parse(stdout);
}

function parse(json: Buffer): Report | undefined {
  try {
    return Report.parse(JSON.parse(json.toString()));
  } catch {
    return undefined;
  }
}

function tooLarge(error: unknown): never {
  if (error instanceof OutputTooLarge) throw unreadable('its header is too large');
  throw error;
}

/** ffprobe's own words are in the log; they say nothing to the person who uploaded the file. */
function unreadable(why: string): BadInput {
  return new BadInput('unreadable', `This file could not be read as a video: ${why}.`);
}
