import type { SourceFacts } from '../../core/media.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { type Input, withInput } from './input.ts';
import { readReport } from './report.ts';
import { runForOutput } from './run.ts';

/** Bytes of the end that are looked at: seconds of a broadcast, which tells what it holds several times in each. */
const END = 4 * 1024 * 1024;
/** The end of a short one is this share of it. */
const SHARE = 1 / 8;
const LARGEST_ANSWER = 64 * 1024;

/**
 * The codec that the pictures of a broadcast end in, where that is another than they began in: a decoder does not go over
 * from one to the other, so that what comes after the change is lost. Undefined where it is the same, or cannot be told.
 */
export async function otherCodecAtEnd(
  ffprobe: string,
  { source, facts }: { source: RangeSource; facts: SourceFacts },
  signal: AbortSignal,
): Promise<string | undefined> {
  const size = Math.min(END, Math.floor(source.size * SHARE));
  const before = source.size - size;
  const end: RangeSource = {
    size,
    read: (first, last, stop) => source.read(before + first, before + last, stop),
  };
  const look = async (input: Input) => {
    const args = ['-v', 'error', '-show_entries', 'stream=index,codec_type,codec_name', '-of', 'json', ...input.args];
    const { stdout } = await runForOutput({ program: ffprobe, args, signal, limit: LARGEST_ANSWER });
    const streams = readReport(stdout)?.streams ?? [];
    const codecs = streams.flatMap(({ codec_type, codec_name }) => (codec_type === 'video' && codec_name) || []);
    return codecs.includes(facts.video.codec) ? undefined : codecs[0];
  };
  try {
    return await withInput(end, signal, look);
  } catch {
    signal.throwIfAborted();
    // The video is there, and is not given up for the sake of a note.
    return undefined;
  }
}
