import { describe, expect, it } from 'vitest';
import { plainFacts } from '../test/plain-facts.ts';
import type { Analysis } from './analysis.ts';
import type { AudioFacts, SourceFacts, VideoFacts } from './media.ts';
import { wayToShow } from './playable.ts';

const AVC = { index: 0, profile: 'High', level: 40, codec_tag_string: 'avc1' };
const HDR = { kind: 'hlg', peak: null, dolbyVision: null } as const;

function sound(codec: string): AudioFacts {
  return { index: 1, codec, channels: 2, language: null, title: null, default: true, start: 0, duration: 1 };
}

interface Oddity {
  facts?: Partial<SourceFacts>;
  video?: Partial<VideoFacts>;
  /** What ffprobe tells beyond the facts. */
  stream?: Record<string, unknown>;
  audio?: { codec: string; profile?: string };
  declared?: string;
  /** As the file itself tells it. */
  length?: string;
  seen?: Analysis['interlacing'];
}

function way({ facts, video, stream, audio, declared = 'video/mp4', seen, length = '1' }: Oddity) {
  const heard = audio ? sound(audio.codec) : null;
  const streams = [
    { ...AVC, ...stream },
    { index: 1, ...audio },
  ];
  const source = { ...plainFacts(video), audio: heard, ...facts };
  return wayToShow(
    { facts: source, report: { format: { duration: length }, streams, chapters: [] } },
    declared,
    seen ?? null,
  );
}

const AAC = { codec: 'aac', profile: 'LC' };
const WEB: Oddity = {
  facts: { container: 'matroska,webm' },
  video: { codec: 'vp9' },
  stream: { profile: 'Profile 0' },
  audio: { codec: 'opus' },
  declared: 'video/webm',
};

describe('the original is what every browser plays', () => {
  it.each<[string, Oddity]>([
    ['H.264 with AAC', { audio: AAC }],
    ['without sound', {}],
    ['with MP3', { audio: { codec: 'mp3' } }],
    ['turned', { video: { orientation: { rotation: 90, mirrored: false } } }],
    ['only called interlaced', { video: { fieldOrder: 'tff' }, seen: { order: 'progressive', confidence: 0.9 } }],
    ['in full range', { video: { pixelFormat: 'yuvj420p' } }],
    ['with Apple’s notes', { facts: { dropped: [{ kind: 'data', what: 'mebx, Core Media Metadata' }] } }],
  ])('%s', (_, oddity) => {
    expect(way(oddity)).toEqual({ way: 'original', contentType: 'video/mp4' });
  });

  it('or VP8 and VP9 where somebody says that it is WebM', () => {
    const original = { way: 'original', contentType: 'video/webm' };
    expect(way(WEB)).toEqual(original);
    expect(way({ ...WEB, video: { codec: 'vp8' }, audio: { codec: 'vorbis' } })).toEqual(original);
    expect(way({ ...WEB, declared: 'video/x-matroska' })).toEqual({ way: 'proxy' });
  });
});

describe('the pictures are kept where only the file around them is in the way', () => {
  it.each<[string, Oddity, 'copy' | 'encode']>([
    ['Matroska', { facts: { container: 'matroska,webm' }, audio: AAC }, 'copy'],
    ['a transport stream', { facts: { container: 'mpegts', start: 1.4 }, audio: AAC }, 'copy'],
    ['sound that few can hear', { audio: { codec: 'ac3' } }, 'encode'],
    ['uncommon AAC', { audio: { codec: 'aac', profile: 'Main' } }, 'encode'],
    ['a late start', { facts: { start: 10 } }, 'copy'],
    ['an unknown length', { length: 'N/A' }, 'copy'],
    ['a place in its tags', { facts: { dropped: [{ kind: 'location', what: 'location' }] } }, 'copy'],
    ['a GPS track', { facts: { dropped: [{ kind: 'data', what: 'bin_data, GoPro MET' }] } }, 'copy'],
  ])('%s', (_, oddity, sound) => {
    expect(way(oddity)).toEqual({ way: 'rewrapped', sound });
  });
});

describe('everything else becomes a proxy', () => {
  it.each<[string, Oddity]>([
    ['HEVC', { video: { codec: 'hevc' } }],
    ['AV1', { ...WEB, video: { codec: 'av1' } }],
    ['10-bit', { video: { pixels: { bitDepth: 10, model: 'yuv', chroma: '4:2:0', alpha: false } } }],
    ['4:2:2', { video: { pixels: { bitDepth: 8, model: 'yuv', chroma: 'other', alpha: false } } }],
    ['HDR', { video: { hdr: HDR } }],
    ['interlaced', { video: { fieldOrder: 'tff' } }],
    ['interlaced, though nobody said so', { seen: { order: 'bff', confidence: 0.9 } }],
    ['mirrored', { video: { orientation: { rotation: 0, mirrored: true } } }],
    ['a profile for studios', { stream: { profile: 'High 4:2:2' } }],
    ['a level for cinemas', { stream: { level: 60 } }],
    ['H.264 whose parameters are in the stream', { stream: { codec_tag_string: 'avc3' } }],
    ['H.264 in AVI, without times', { facts: { container: 'avi' } }],
    ['a recording by a browser, which has no length', { ...WEB, length: 'N/A' }],
    ['WebM with other sound', { ...WEB, audio: AAC }],
    ['WebM that is turned', { ...WEB, video: { codec: 'vp9', orientation: { rotation: 90, mirrored: false } } }],
  ])('%s', (_, oddity) => {
    expect(way(oddity)).toEqual({ way: 'proxy' });
  });
});
