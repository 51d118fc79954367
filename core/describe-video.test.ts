import { expect, it } from 'vitest';
import { aVideo } from '../test/a-video.ts';
import { describeVideo } from './describe-video.ts';
import { MetadataDocument } from './metadata.ts';
import type { Probe } from './ports/media-tools.ts';
import { receiveSource, type Video } from './video.ts';

const now = new Date('2026-01-01T00:00:01Z');
const video = receiveSource(aVideo(), { key: 'k', size: 1000, etag: '"e"', checksum: null }, now) as Video;
const frame = { width: 2, height: 1, bgr: Uint8Array.from([0, 10, 255, 0, 30, 255]) };

function probe(stream: Record<string, unknown>, format: Record<string, unknown> = {}): Probe {
  return {
    facts: {
      video: {
        index: 1,
        codec: 'h264',
        width: 1920,
        height: 1080,
        color: { matrix: null, primaries: null, transfer: null, range: null },
      },
      audio: { index: 0, codec: 'aac', channels: 2 },
      duration: 4,
    },
    report: {
      format: { format_name: 'mov,mp4,m4a,3gp,3g2,mj2', bit_rate: '2000', ...format },
      streams: [
        { index: 0, codec_name: 'aac', channels: 2, channel_layout: 'stereo', sample_rate: '48000' },
        { index: 1, codec_name: 'h264', avg_frame_rate: '30000/1001', r_frame_rate: '30000/1001', ...stream },
      ],
      chapters: [],
    },
  };
}

it('describes an ordinary video, as the contract has it', () => {
  const document = describeVideo(video, probe({ nb_frames: '120', duration: '4.004' }), frame);
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
    audio: { codec: 'aac', channels: 2, channel_layout: 'stereo', sample_rate: 48000 },
    color_profile: { average_color: { b: 0, g: 20, r: 255 } },
  });
});

it('normalises histograms to length one', () => {
  const { histograms } = describeVideo(video, probe({}), frame).color_profile;
  expect(histograms.b[0]).toBe(1);
  expect(histograms.g[10]).toBeCloseTo(Math.SQRT1_2);
  expect(histograms.g[30]).toBeCloseTo(Math.SQRT1_2);
});

it('shows a phone video upright', () => {
  const document = describeVideo(video, probe({ side_data_list: [{ rotation: -90 }] }), frame);
  expect(document).toMatchObject({
    rotation: 90,
    resolution: { width: 1080, height: 1920 },
    display_aspect_ratio: '9:16',
  });
});

it('knows HDR, uneven timing and pixels that are not square', () => {
  expect(describeVideo(video, probe({ color_transfer: 'smpte2084' }), frame).hdr).toBe('hdr10');
  expect(describeVideo(video, probe({ color_transfer: 'arib-std-b67' }), frame).hdr).toBe('hlg');
  expect(describeVideo(video, probe({ avg_frame_rate: '24/1' }), frame).variable_frame_rate).toBe(true);
  expect(describeVideo(video, probe({ sample_aspect_ratio: '4:3' }), frame).display_aspect_ratio).toBe('64:27');
});

it('counts frames and bits where the container does not tell', () => {
  const document = describeVideo(video, probe({ avg_frame_rate: '25/1' }, { bit_rate: undefined }), frame);
  expect(document).toMatchObject({ frame_count: 100, bit_rate: 2000, duration_seconds: 4 });
});
