/* What the owner of a video is told beside getting it, a sentence each. */

export const DAMAGED = 'Parts of this video are damaged: they were decoded as well as they can be.';
export const UNHEARD = 'A sound track of this video is empty, or cannot be decoded: it was left out.';
export const NO_SUBTITLES = 'Its subtitles could not be taken along.';
export const ONE_SOUND = 'Only one of its sound tracks could be taken along.';
export const JUMPS = 'The clock of this video jumps, or parts of it are missing: what there is was put together.';
export const NOT_KEPT = 'High dynamic range could not be written here: the video was brought to standard range.';

/** `codec` by FFmpeg's name. */
export const goesOnIn = (codec: string) =>
  `This video goes on in another form (${codec}): the pictures in it could not be taken along.`;

/** What FFmpeg says of pictures and sound that it could not decode, or only in part; it goes on then. */
const DAMAGE =
  /corrupt (decoded frame|input packet)|concealing \d+|Error while decoding stream|Error submitting (a )?packet to decoder|error while decoding MB/;

/** Whether FFmpeg said of its source that parts of it are damaged. */
export function isDamaged(stderr: string): boolean {
  return DAMAGE.test(stderr);
}
