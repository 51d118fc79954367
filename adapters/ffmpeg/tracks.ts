import type { AudioFacts, SourceFacts, SubtitleFacts } from '../../core/media.ts';
import type { Encoding } from './command.ts';

/** More channels than this are no loudspeakers any more (ambisonics, a mixer's tracks). */
const MOST_SPEAKERS = 8;

const MP3 = 'libmp3lame';
const MOST_OF_MP3 = 2;
/** What a decoder of MP3 gives first stands for nothing. An AVI does not say so: as much of the sound goes in its place. */
const MP3_BEGINS = 'atrim=start_sample=1105,asetpts=PTS-STARTPTS';

/**
 * Gaps in the sound, from where a recording or a broadcast broke off, become silence, so that it stays in step. In an AVI,
 * where all begins with the file, silence comes before what begins later, too.
 */
const IN_STEP = { mp4: 'aresample=async=1', avi: 'aresample=48000:async=1:first_pts=0' } as const;

/** FFmpeg's options for everything beside the picture: all sound and all subtitles, with their names. */
export function trackArguments(
  encoding: Pick<Encoding, 'facts' | 'encoder' | 'audioEncoder' | 'withoutSubtitles'>,
): string[] {
  const { sounds, subtitles } = tracksOf(encoding);
  return [
    ...sounds.flatMap((sound, i) => [...soundArguments(sound, i, encoding), ...naming(sound, `a:${i}`)]),
    ...subtitles.flatMap((text, i) => ['-map', `0:${text.index}`, `-c:s:${i}`, 'mov_text', ...naming(text, `s:${i}`)]),
  ];
}

/** Which of the source's tracks the output has: an AVI has one of sound, since few players offer more of it. */
export function tracksOf({
  facts: { audio, sounds, subtitles },
  encoder,
  withoutSubtitles = false,
}: Pick<Encoding, 'facts' | 'encoder' | 'withoutSubtitles'>): Pick<SourceFacts, 'sounds' | 'subtitles'> {
  if (encoder.container === 'avi') return { sounds: audio ? [audio] : [], subtitles: [] };
  return { sounds, subtitles: withoutSubtitles ? [] : subtitles };
}

/**
 * Mono, stereo and 5.1 stay what they are; 7.1 becomes 5.1. What lies between stereo and 5.1 becomes that with silent
 * loudspeakers, since an odd arrangement is not played everywhere, and nothing gets lost.
 */
function soundArguments(
  { index, channels }: AudioFacts,
  i: number,
  { encoder: { container }, audioEncoder }: Pick<Encoding, 'encoder' | 'audioEncoder'>,
): string[] {
  const speakers = channels > MOST_SPEAKERS ? 2 : channels > 2 ? 6 : channels;
  const kbps = { 1: 96, 2: 160, 6: 384 }[speakers] ?? 160;
  const encoder = audioEncoder === MP3 && speakers > MOST_OF_MP3 ? 'ac3' : audioEncoder;
  const filters = [
    ...(channels > MOST_SPEAKERS ? ['pan=stereo|c0=c0|c1=c1'] : []),
    IN_STEP[container],
    ...(encoder === MP3 ? [MP3_BEGINS] : []),
  ];
  return [
    ...['-map', `0:${index}`, `-c:a:${i}`, encoder, `-filter:a:${i}`, filters.join(',')],
    ...[`-ac:a:${i}`, String(speakers), `-b:a:${i}`, `${kbps}k`],
  ];
}

function naming(track: SubtitleFacts, specifier: string): string[] {
  return [
    ...(track.language ? [`-metadata:s:${specifier}`, `language=${track.language}`] : []),
    ...(track.title ? [`-metadata:s:${specifier}`, `title=${track.title}`] : []),
    ...[`-disposition:${specifier}`, track.default ? 'default' : '0'],
  ];
}
