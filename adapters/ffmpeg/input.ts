import { ReelightError, TransientError } from '../../core/errors.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { DECODERS } from './decoders.ts';
import { type Manner, serveSource } from './range-server.ts';

/**
 * What people upload as video, and audio files, so that they can be told what is missing. Left out is everything that
 * points elsewhere: playlists (hls, dash), scripts (concat, ffconcat), image sequences, devices, subtitles with fonts.
 */
const DEMUXERS = [
  ...['mov', 'matroska', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'flv', 'gif', 'ogg', 'asf', 'dv', 'mxf', 'ivf', 'nut'],
  ...['h264', 'hevc', 'm4v', 'vc1', 'yuv4mpegpipe', 'wtv', 'apng'],
  ...['mp3', 'wav', 'flac', 'aac', 'aiff', 'ac3', 'eac3', 'amr', 'caf', 'w64'],
];

/** 64 Mpixel, above any camera's: a forged header cannot make us reserve memory for more. */
const MAX_PIXELS = 8192 * 8192;

/** Bytes of one block of memory: a picture of so many pixels has at most half of it. What is packed may unpack to more. */
const MAX_BLOCK = 1024 ** 3;

/**
 * FFmpeg reads on instead of seeking where that is nearer than what its socket may hold, and left alone, Linux lets a
 * socket hold ever more: up to 32 MB would be read for one picture. Who reads from end to end is better left alone.
 */
const GLIMPSED = ['-recv_buffer_size', String(64 * 1024)];

/**
 * Who passes over most pictures. FFmpeg goes to each before it leaves it out, and reads on to it where it is near, which
 * may mean 8 MB; behind a cache it is only what it reads that it asks for. The cache is a file that has no name, in the
 * folder for such or else in its own, and as large as what was read.
 */
const PASSING_OVER = 'cache:';

/** A source as an FFmpeg program reads it. */
export interface Input {
  /** The options that confine the program to this source, and the source. */
  args: string[];
  /** How far reading came, 0 to 1. */
  reached(): number;
  /** Throws when storage, and not the file, is to blame for what went wrong. */
  blameStorage(): void;
  /** Makes what a program said fit for logs: without the address. */
  redact(text: string): string;
}

/**
 * Lends the source to an FFmpeg program by a loopback address. Afterwards nobody can read it, and nobody does.
 *
 * @param manner where only a part of the source is wanted, or a glimpse: little else is read. `passesOver`: most pictures
 *   are passed over (`-discard`), in a container that says where each is
 */
export async function withInput<T>(
  source: RangeSource,
  signal: AbortSignal,
  use: (input: Input) => Promise<T>,
  { passesOver = false, ...manner }: Manner & { passesOver?: boolean } = {},
): Promise<T> {
  const served = await serveSource(source, signal, manner);
  try {
    return await use({
      args: [
        ...['-protocol_whitelist', passesOver ? 'cache,http,tcp' : 'http,tcp'],
        ...['-format_whitelist', DEMUXERS.join(','), '-codec_whitelist', DECODERS.join(',')],
        ...['-max_alloc', String(MAX_BLOCK), '-max_pixels', String(MAX_PIXELS)],
        ...(manner.glimpses ? GLIMPSED : []),
        ...['-i', passesOver ? PASSING_OVER + served.url : served.url],
      ],
      reached: served.reached,
      blameStorage: () => {
        const failure = served.failure();
        if (failure instanceof ReelightError) throw failure;
        if (failure) {
          throw new TransientError('source_unreadable', 'The source could not be read from storage.', {
            cause: failure,
          });
        }
      },
      redact: (text) => text.replaceAll(served.url, '<source>'),
    });
  } finally {
    await served.close();
  }
}
