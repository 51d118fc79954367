import { describe, expect, it } from 'vitest';
import { factsOf } from './facts.ts';
import { Report } from './report.ts';

const VIDEO = { index: 0, codec_type: 'video', codec_name: 'h264', width: 320, height: 180, pix_fmt: 'yuv420p' };
const SOUND = { index: 1, codec_type: 'audio', codec_name: 'aac', sample_fmt: 'fltp', channels: 2 };

function facts(video: Record<string, unknown> = {}, others: unknown[] = [], report: Record<string, unknown> = {}) {
  return factsOf(Report.parse({ format: {}, ...report, streams: [{ ...VIDEO, ...video }, ...others] }));
}
const videoOf = (video: Record<string, unknown>) => facts(video).video;

describe('the video', () => {
  it('is told by its fields as they are shown, not as they are stored', () => {
    const orders = ['progressive', 'tt', 'bb', 'bt', 'tb', 'unknown', undefined];
    expect(orders.map((field_order) => videoOf({ field_order }).fieldOrder)).toEqual([
      'progressive',
      'tff',
      'bff',
      'tff',
      'bff',
      null,
      null,
    ]);
  });

  it('has full range when the older pixel formats say so', () => {
    expect(videoOf({ pix_fmt: 'yuvj420p' }).color.range).toBe('pc');
    expect(videoOf({ pix_fmt: 'yuvj420p', color_range: 'tv' }).color.range).toBe('tv');
    expect(videoOf({ color_range: 'unknown' }).color.range).toBeNull();
  });

  it('has transparency where a WebM says so, and is decoded by who sees it', () => {
    const tags = { alpha_mode: '1' };
    expect(videoOf({ codec_name: 'vp9', tags })).toMatchObject({ decoder: 'libvpx-vp9', pixels: { alpha: true } });
    expect(videoOf({ codec_name: 'vp8', tags })).toMatchObject({ decoder: 'libvpx', pixelFormat: 'yuva420p' });
    const opaque = videoOf({ codec_name: 'vp9', tags: { alpha_mode: '0' } });
    expect(opaque.decoder).toBeUndefined();
    expect(opaque.pixels.alpha).toBe(false);
    expect(videoOf({ codec_name: 'vp9', pix_fmt: 'yuv420p10le', tags }).pixels.alpha).toBe(false);
    expect(videoOf({ codec_name: 'av1', tags }).decoder).toBeUndefined();
  });

  it('is variable where its two rates differ', () => {
    const rates = (avg_frame_rate: string, r_frame_rate: string) => videoOf({ avg_frame_rate, r_frame_rate });
    expect(rates('30000/1001', '30000/1001')).toMatchObject({ variable: false });
    expect(rates('24/1', '120/1')).toMatchObject({ variable: true, frameRate: 24 });
    expect(rates('0/0', '25/1')).toMatchObject({ variable: false, frameRate: 25 });
  });

  it('is HDR by its transfer, as bright as anybody says', () => {
    const hdr = (color_transfer: string, ...side_data_list: unknown[]) =>
      videoOf({ color_transfer, side_data_list }).hdr;
    expect(hdr('bt709')).toBeNull();
    expect(hdr('arib-std-b67')).toEqual({ kind: 'hlg', peak: null, dolbyVision: null });
    const display = { side_data_type: 'Mastering display metadata', max_luminance: '40000000/10000' };
    expect(hdr('smpte2084', display)).toMatchObject({ kind: 'pq', peak: 4000 });
    expect(hdr('smpte2084', display, { max_content: 1200 })).toMatchObject({ peak: 1200 });
    expect(hdr('smpte2084', display, { max_content: 0 })).toMatchObject({ peak: 4000 });
  });

  it('is Dolby’s alone by profile 5, and something else beneath by others', () => {
    const vision = (dv_profile: number, dv_bl_signal_compatibility_id: number, color_transfer = 'unknown') =>
      videoOf({ color_transfer, side_data_list: [{ dv_profile, dv_bl_signal_compatibility_id }] }).hdr;
    expect(vision(5, 0)).toMatchObject({ dolbyVision: { profile: 5, alone: true } });
    expect(vision(8, 1, 'smpte2084')).toMatchObject({ kind: 'pq', dolbyVision: { profile: 8, alone: false } });
    expect(vision(8, 2, 'bt709')).toBeNull();
  });
});

describe('sound', () => {
  it('is all of it, and one that plays by itself', () => {
    const second = { ...SOUND, index: 2, tags: { language: 'deu', title: 'Deutsch' }, disposition: { default: 1 } };
    const { audio, sounds } = facts({}, [{ ...SOUND, tags: { language: 'und' } }, second]);
    expect(sounds.map(({ index }) => index)).toEqual([1, 2]);
    expect(sounds[0]?.language).toBeNull();
    expect(audio).toMatchObject({ index: 2, language: 'deu', title: 'Deutsch', default: true });
    expect(facts({}, [SOUND]).audio).toMatchObject({ index: 1 });
  });

  it('that cannot be decoded stays behind', () => {
    const { sounds, dropped } = facts({}, [{ ...SOUND, sample_fmt: undefined, codec_name: 'ac4' }]);
    expect(sounds).toEqual([]);
    expect(dropped).toEqual([{ kind: 'audio', what: 'ac4' }]);
  });
});

it('lists what stays behind', () => {
  const others = [
    { index: 1, codec_type: 'video', codec_name: 'mjpeg', disposition: { attached_pic: 1 } },
    {
      index: 2,
      codec_type: 'data',
      codec_name: 'bin_data',
      codec_tag_string: 'gpmd',
      tags: { handler_name: 'GoPro MET' },
    },
    { index: 3, codec_type: 'subtitle', codec_name: 'dvd_subtitle' },
    { index: 4, codec_type: 'subtitle', codec_name: 'subrip', tags: { language: 'eng' } },
    { index: 5, codec_type: 'attachment', codec_name: 'ttf' },
    { index: 6, codec_type: 'data', codec_tag_string: 'text' },
  ];
  const { subtitles, dropped } = facts({}, others, { chapters: [{}] });
  expect(subtitles).toMatchObject([{ index: 4, language: 'eng' }]);
  expect(dropped).toEqual([
    { kind: 'picture', what: 'mjpeg' },
    { kind: 'data', what: 'gpmd, GoPro MET' },
    { kind: 'subtitle', what: 'dvd_subtitle' },
    { kind: 'attachment', what: 'ttf' },
  ]);
});

describe('tags', () => {
  const tags = {
    ...{ title: 'Garden', ARTIST: 'Somebody', 'com.apple.quicktime.description': 'Roses', comment: '' },
    ...{ location: '+52/', 'com.apple.quicktime.location.ISO6709': '+52/', 'com.apple.quicktime.model': 'Phone' },
    ...{ 'com.android.version': '14', encoder: 'x' },
  };

  it('that people wrote stay, under the names that an MP4 has', () => {
    expect(facts({}, [], { format: { tags } }).tags).toEqual({
      title: 'Garden',
      artist: 'Somebody',
      description: 'Roses',
    });
  });

  it('that say where and with what are named, without what they say', () => {
    const { dropped } = facts({ tags: { make: 'Maker' } }, [], { format: { tags } });
    expect(dropped).toEqual([
      { kind: 'location', what: 'location' },
      { kind: 'location', what: 'com.apple.quicktime.location.ISO6709' },
      { kind: 'device', what: 'com.apple.quicktime.model' },
      { kind: 'device', what: 'make' },
    ]);
  });
});
