import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { plainFacts } from '../test/plain-facts.ts';
import { describeVideo } from './describe-video.ts';
import type { AudioFacts, SourceFacts, VideoFacts } from './media.ts';
import { MetadataDocument } from './metadata.ts';
import { receiveSource, type Video } from './video.ts';

const now = new Date('2026-01-01T00:00:01Z');
const frame = { width: 2, height: 1, bgr: Uint8Array.from([0, 10, 255, 0, 30, 255]) };
const AUDIO: AudioFacts = {
  index: 0,
  codec: 'aac',
  channels: 2,
  language: 'deu',
  title: null,
  default: true,
  start: 0,
  duration: 4,
};

interface Told {
  stream?: Record<string, unknown>;
  format?: Record<string, unknown>;
  video?: Partial<VideoFacts>;
  facts?: Partial<SourceFacts>;
  filename?: string;
}

function describe({ stream, format, video, facts, filename = 'Holiday.mp4' }: Told) {
  const plain = plainFacts({ index: 1, width: 1920, height: 1080, ...video });
  const received = receiveSource(aVideo({ filename }), { key: 'k', size: 1000, etag: '"e"', checksum: null }, now);
  const probe = {
    facts: { ...plain, audio: AUDIO, sounds: [AUDIO, AUDIO], duration: 4, ...facts },
    report: {
      format: { bit_rate: '2000', ...format },
      streams: [
        { index: 0, codec_name: 'aac', channels: 2, channel_layout: 'stereo', sample_rate: '48000' },
        { index: 1, codec_name: 'h264', avg_frame_rate: '30000/1001', r_frame_rate: '30000/1001', ...stream },
      ],
      chapters: [],
    },
  };
  return describeVideo(received as Video, probe, frame);
}

it('describes an ordinary video, as the contract has it', () => {
  const document = describe({ stream: { nb_frames: '120', duration: '4.004' } });
  expect(MetadataDocument.parse(document)).toMatchObject({
    filename: 'Holiday.mp4',
    format: 'mp4',
    resolution: { width: 1920, height: 1080 },
    fps: 29.97,
    frame_count: 120,
    duration_seconds: 4.004,
    file_size_bytes: 1000,
    bit_rate: 2000,
    rotation: 0,
    display_aspect_ratio: '16:9',
    hdr: 'none',
    variable_frame_rate: false,
    audio: { codec: 'aac', channels: 2, channel_layout: 'stereo', sample_rate: 48000, language: 'deu', tracks: 2 },
    color_profile: { average_color: { b: 0, g: 20, r: 255 } },
  });
});

it('normalises histograms to length one', () => {
  const { histograms } = describe({}).color_profile;
  expect(histograms.b[0]).toBe(1);
  expect(histograms.g[10]).toBeCloseTo(Math.SQRT1_2);
  expect(histograms.g[30]).toBeCloseTo(Math.SQRT1_2);
});

it('shows a phone video upright, its pixels too', () => {
  const turned = { orientation: { rotation: 90, mirrored: false } } as const;
  expect(describe({ video: turned })).toMatchObject({
    rotation: 90,
    resolution: { width: 1080, height: 1920 },
    display_aspect_ratio: '9:16',
  });
  const stretched = { ...turned, sampleAspect: { num: 4, den: 3 } };
  expect(describe({ video: stretched }).display_aspect_ratio).toBe('27:64');
});

it('does not take a mirrored picture for a turned one', () => {
  const mirrored = { orientation: { rotation: 0, mirrored: true } } as const;
  expect(describe({ video: mirrored })).toMatchObject({ rotation: 0, resolution: { width: 1920, height: 1080 } });
});

it('knows HDR and pixels that are not square', () => {
  const hdr = { kind: 'pq', peak: null, dolbyVision: null } as const;
  expect(describe({ video: { hdr } }).hdr).toBe('hdr10');
  expect(describe({ video: { hdr: { ...hdr, kind: 'hlg' } } }).hdr).toBe('hlg');
  const dolbyVision = { profile: 8, alone: false };
  expect(describe({ video: { hdr: { ...hdr, dolbyVision } } }).hdr).toBe('dolby_vision');
  expect(describe({ video: { sampleAspect: { num: 4, den: 3 } } }).display_aspect_ratio).toBe('64:27');
});

it('knows uneven timing from a file whose sound is a little longer', () => {
  const variable = (avg_frame_rate: string) => describe({ stream: { avg_frame_rate } }).variable_frame_rate;
  expect(variable('24/1')).toBe(true);
  expect(variable('29738/1000')).toBe(false);
});

it('counts frames and bits where the container does not tell', () => {
  const stream = { avg_frame_rate: '25/1' };
  const bare = { stream, format: { bit_rate: undefined } };
  expect(describe(bare)).toMatchObject({ frame_count: 100, bit_rate: 2000, duration_seconds: 4 });
  const late = { ...bare, video: { start: 1.5 }, facts: { start: 1 } };
  expect(describe(late)).toMatchObject({ frame_count: 88, duration_seconds: 3.5 });
  const counted = { tags: { NUMBER_OF_FRAMES: '77' } };
  expect(describe({ stream: { ...stream, ...counted } }).frame_count).toBe(77);
  expect(describe({ ...bare, facts: { duration: 0 } })).toMatchObject({ frame_count: 0, bit_rate: 0 });
});

it.each([
  ['mov,mp4,m4a,3gp,3g2,mj2', 'a.mov', 'mov'],
  ['mov,mp4,m4a,3gp,3g2,mj2', 'a.avi', 'mp4'],
  ['matroska,webm', 'a.WEBM', 'webm'],
  ['matroska,webm', 'a', 'mkv'],
  ['mpegts', 'a.m2ts', 'm2ts'],
  ['mpegts', 'a.mp4', 'ts'],
  ['asf', 'a.wmv', 'wmv'],
  ['mpeg', 'a.mpg', 'mpg'],
  ['avi', 'a.mp4', 'avi'],
])('names the container %s of %s: %s', (container, filename, format) => {
  expect(describe({ facts: { container }, filename }).format).toBe(format);
});
