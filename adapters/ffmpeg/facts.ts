import { BadInput } from '../../core/errors.ts';
import type { ColorTags, SourceFacts } from '../../core/media.ts';
import { durationOf, type Report, type Stream, seconds } from './report.ts';

/**
 * FFmpeg's own choice of the first stream that is a video and no picture that came along (a cover, a thumbnail), so
 * that its `V:0` names the same one.
 */
export const FIRST_VIDEO = '0:V:0';

/**
 * The facts that work depends on.
 *
 * @throws BadInput `not_a_video`, `unreadable`
 */
export function factsOf({ format, streams }: Report): SourceFacts {
  const video = streams.find((stream) => stream.codec_type === 'video' && !isPicture(stream));
  const sounds = streams.filter(({ codec_type }) => codec_type === 'audio');
  if (!video) {
    const only = sounds.length > 0 ? 'no video, only audio' : 'no video';
    throw new BadInput('not_a_video', `This file holds ${only}.`);
  }
  const { codec_name: codec, width = 0, height = 0 } = video;
  if (!codec || codec === 'unknown' || codec === 'none') {
    const tag = video.codec_tag_string;
    const named = tag && /^\w{2,4}$/.test(tag) ? ` (${tag})` : '';
    throw new BadInput('unreadable', `This file could not be read as a video: its codec${named} is not known here.`);
  }
  if (width < 1 || height < 1) {
    throw new BadInput(
      'unreadable',
      'This file could not be read as a video: it does not say how large its pictures are.',
    );
  }
  const audible = sounds.filter(({ codec_name, channels = 0 }) => codec_name && channels > 0);
  const audio = audible.find(({ disposition }) => disposition?.default === 1) ?? audible[0];
  const frames = Number(video.nb_frames);
  return {
    video: {
      index: video.index,
      codec,
      width,
      height,
      color: colorOf(video),
      ...(frames > 0 && { frames }),
    },
    audio: audio ? { index: audio.index, codec: audio.codec_name ?? '', channels: audio.channels ?? 0 } : null,
    duration: durationOf(video) ?? seconds(format?.duration) ?? 0,
  };
}

function isPicture({ disposition }: Stream): boolean {
  return disposition?.attached_pic === 1 || disposition?.timed_thumbnails === 1;
}

function colorOf({ color_space, color_primaries, color_transfer, color_range }: Stream): ColorTags {
  return {
    matrix: said(color_space),
    primaries: said(color_primaries),
    transfer: said(color_transfer),
    range: color_range === 'tv' || color_range === 'pc' ? color_range : null,
  };
}

function said(value: string | undefined): string | null {
  return !value || value === 'unknown' || value === 'unspecified' || value === 'reserved' ? null : value;
}
