import type { Dropped } from '../../core/media.ts';
import type { Stream } from './report.ts';

/** Where it was filmed: `location`, `com.apple.quicktime.location.ISO6709`, `GPSLatitude`, 3GPP's `xyz`. */
const LOCATION = /location|gps|latitude|longitude|^xyz$|^©xyz$/i;
/** What it was filmed with, down to the single device. */
const DEVICE =
  /(^|[._-])(make|model|serial(_?number)?|firmware|manufacturer|camera\w*|device\w*|lens\w*|identifier)([._-]|$)/i;

/** What people write on a video, in the names that an MP4 has a place for. Matroska writes them in capitals. */
const KEPT = new Set([
  ...['title', 'artist', 'album_artist', 'album', 'composer', 'date', 'comment', 'genre', 'copyright', 'description'],
  ...['synopsis', 'show', 'episode_id', 'track', 'grouping', 'creation_time'],
]);
/** More than anybody writes by hand; a command line has its limits, too. */
const LONGEST_TAG = 4000;

/** Of what is told, so that a record stays small whatever a file holds. */
const MOST_TOLD = 50;
const LONGEST_TOLD = 100;

type Tags = Record<string, string> | undefined;

/** What will not be in the output: the streams that nobody takes, and the tags that give a person away. */
export function droppedOf(streams: Stream[], tags: Tags[], hasChapters: boolean): Dropped[] {
  const names = [...new Set(tags.flatMap((each) => Object.keys(each ?? {})))];
  const all = [
    // QuickTime keeps chapter titles in a track of their own, which comes back as chapters.
    ...streams.filter((stream) => !(hasChapters && stream.codec_tag_string === 'text')).map(droppedStream),
    ...names.filter((name) => LOCATION.test(name)).map((name): Dropped => ({ kind: 'location', what: name })),
    ...names
      .filter((name) => DEVICE.test(name) && !LOCATION.test(name))
      .map((name): Dropped => ({ kind: 'device', what: name })),
  ].map(({ kind, what }): Dropped => ({ kind, what: what.slice(0, LONGEST_TOLD) }));
  const [last] = all.slice(MOST_TOLD);
  return last ? [...all.slice(0, MOST_TOLD), { kind: last.kind, what: `and ${all.length - MOST_TOLD} more` }] : all;
}

/** By name what will be in the output. A list of what may stay, since nobody can list all that may not. */
export function keptTags(tags: Record<string, string>): Record<string, string> {
  const kept = Object.entries(tags).map(([name, value]) => [
    name.toLowerCase().replace(/^com\.apple\.quicktime\./, ''),
    value.slice(0, LONGEST_TAG),
  ]);
  return Object.fromEntries(kept.filter(([name = '', value]) => KEPT.has(name) && value));
}

function droppedStream(stream: Stream): Dropped {
  const { codec_type, codec_name, codec_tag_string, tags, disposition } = stream;
  const tag = /^\w{4}$/.test(codec_tag_string ?? '') ? codec_tag_string : undefined;
  const known = codec_name === 'none' || codec_name === 'unknown' ? undefined : codec_name;
  // What data is, its tag tells better: FFmpeg calls all of it `bin_data`.
  const name = (codec_type === 'data' ? (tag ?? known) : (known ?? tag)) ?? 'unknown';
  const title = tags?.title ?? tags?.handler_name?.trim();
  const what = [name, ...(title ? [title] : [])].join(', ');
  if (disposition?.attached_pic === 1 || disposition?.timed_thumbnails === 1) return { kind: 'picture', what };
  switch (codec_type) {
    case 'video':
    case 'audio':
    case 'subtitle':
    case 'attachment':
      return { kind: codec_type, what };
    default:
      return { kind: 'data', what };
  }
}
