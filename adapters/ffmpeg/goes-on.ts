import { z } from 'zod';
import type { SourceFacts } from '../../core/media.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { withInput } from './input.ts';
import { runForOutput } from './run.ts';

/** Bytes of the end that are looked at: seconds of a broadcast, which tells what it holds several times in each. */
const END = 4 * 1024 * 1024;
/** The end of a short one is this share of it. */
const SHARE = 1 / 8;
const LARGEST_ANSWER = 64 * 1024;

const Answer = z.object({
  streams: z.array(z.object({ codec_type: z.string().optional(), codec_name: z.string().optional() })),
});

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
  return withInput(end, signal, async (input) => {
    const args = ['-v', 'error', '-show_entries', 'stream=codec_type,codec_name', '-of', 'json', ...input.args];
    const { stdout } = await runForOutput({ program: ffprobe, args, signal, limit: LARGEST_ANSWER });
    input.blameStorage();
    const codecs = codecsIn(stdout.toString());
    return codecs.includes(facts.video.codec) ? undefined : codecs[0];
  });
}

function codecsIn(json: string): string[] {
  try {
    const { streams } = Answer.parse(JSON.parse(json));
    return streams.flatMap(({ codec_type, codec_name }) => (codec_type === 'video' && codec_name) || []);
  } catch {
    return [];
  }
}
