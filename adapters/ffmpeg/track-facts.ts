import type { AudioFacts, SubtitleFacts } from '../../core/media.ts';
import { durationOf, type Stream, time } from './report.ts';

/** Subtitles in text that FFmpeg turns into an MP4's `mov_text`. Those in pictures it cannot. */
const TEXT_SUBTITLES = new Set([
  ...['subrip', 'srt', 'ass', 'ssa', 'webvtt', 'mov_text', 'text'],
  ...['microdvd', 'subviewer', 'subviewer1', 'sami', 'realtext', 'jacosub', 'mpl2', 'pjs', 'vplayer', 'stl'],
]);

export function isTextSubtitle({ codec_type, codec_name = '' }: Stream): boolean {
  return codec_type === 'subtitle' && TEXT_SUBTITLES.has(codec_name);
}

export function soundOf(stream: Stream): AudioFacts {
  return {
    ...trackOf(stream),
    channels: stream.channels ?? 0,
    start: time(stream.start_time),
    duration: durationOf(stream) ?? null,
  };
}

export function subtitleOf(stream: Stream): SubtitleFacts {
  return trackOf(stream);
}

/** The one that players choose by themselves. */
export function defaultSound(sounds: AudioFacts[]): AudioFacts | null {
  return sounds.find((sound) => sound.default) ?? sounds[0] ?? null;
}

/** More than anybody writes; each is an argument of a command line, which has its limits. */
const LONGEST_TITLE = 500;
/** ISO 639, with what BCP 47 can hang on it. */
const LANGUAGE = /^[A-Za-z0-9-]{2,35}$/;

function trackOf({ index, codec_name, tags, disposition }: Stream): SubtitleFacts {
  const { language = '', title = '' } = tags ?? {};
  return {
    index,
    codec: codec_name ?? '',
    language: LANGUAGE.test(language) && language !== 'und' ? language : null,
    title: title.slice(0, LONGEST_TITLE) || null,
    default: disposition?.default === 1,
  };
}
