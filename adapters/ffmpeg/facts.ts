import { BadInput } from '../../core/errors.ts';
import type { SourceFacts } from '../../core/media.ts';
import { droppedOf, keptTags } from './dropped.ts';
import { durationOf, type Report, type Stream, seconds, time } from './report.ts';
import { defaultSound, isTextSubtitle, soundOf, subtitleOf } from './track-facts.ts';
import { videoOf } from './video-facts.ts';

/**
 * FFmpeg's own choice of the first stream that is a video and no picture that came along (a cover, a thumbnail), so
 * that its `V:0` names the same one.
 */
export const FIRST_VIDEO = '0:V:0';

/** Containers whose length is the time between the first and the last that their clock shows. */
export const BROADCASTS = new Set(['mpegts', 'mpeg']);

/** Sounds, and subtitles, as many as a Blu-ray has: each of them is encoded. */
const MOST_TRACKS = 32;

/**
 * The facts that work depends on.
 *
 * @throws BadInput `not_a_video`, `unreadable`
 */
export function factsOf({ format, streams, chapters }: Report): SourceFacts {
  const video = streams.find((stream) => stream.codec_type === 'video' && !isPicture(stream));
  const audible = streams.filter(isSound).slice(0, MOST_TRACKS);
  if (!video) {
    const only = streams.some(({ codec_type }) => codec_type === 'audio') ? 'no video, only audio' : 'no video';
    throw new BadInput('not_a_video', `This file holds ${only}.`);
  }
  const start = time(format?.start_time) ?? 0;
  const container = format?.format_name ?? '';
  const sounds = audible.map(soundOf);
  const texts = streams.filter(isTextSubtitle).slice(0, MOST_TRACKS);
  const kept = new Set([video, ...audible, ...texts]);
  return {
    container,
    video: videoOf(video, { start, container }),
    audio: defaultSound(sounds),
    sounds,
    subtitles: texts.map(subtitleOf),
    chapters: chapters.length,
    tags: keptTags(format?.tags ?? {}),
    duration: durationOf(video) ?? seconds(format?.duration) ?? 0,
    start,
    dropped: droppedOf(
      streams.filter((stream) => !kept.has(stream)),
      [format?.tags, ...streams.map(({ tags }) => tags)],
      chapters.length > 0,
    ),
  };
}

function isPicture({ disposition }: Stream): boolean {
  return disposition?.attached_pic === 1 || disposition?.timed_thumbnails === 1;
}

/** One that this FFmpeg can decode: of others it does not know what their samples are. */
function isSound({ codec_type, sample_fmt, channels = 0 }: Stream): boolean {
  return codec_type === 'audio' && sample_fmt !== undefined && sample_fmt !== 'unknown' && channels > 0;
}
