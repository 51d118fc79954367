import type { VideoFacts } from '../../core/media.ts';

/**
 * What may decode uploads: what phones, cameras, editors, recorders, broadcasters and other sites write. FFmpeg knows
 * three times as many, of games, of scientists, of drawings that name files, and each is code that a stranger's bytes
 * reach: one that hardly anybody uses let them write where they liked (CVE-2026-8461, MagicYUV, until FFmpeg 8.1.2). Some
 * go by the name of the library that does the work; what an FFmpeg does not have does no harm here.
 */
export const DECODERS = [
  // What is filmed, edited and sent today.
  ...['h264', 'hevc', 'av1', 'libdav1d', 'libaom-av1', 'libgav1', 'vp8', 'vp9', 'libvpx', 'libvpx-vp9'],
  ...['mpeg4', 'mpeg1video', 'mpeg2video', 'mpegvideo', 'prores', 'dnxhd', 'cfhd', 'dvvideo', 'mjpeg'],
  ...['mjpegb', 'jpeg2000', 'libopenjpeg', 'vc1', 'gif'],
  // What comes out of archives, and of recorders of screens.
  ...['h261', 'h263', 'h263i', 'h263p', 'flv', 'theora', 'vp3', 'vp5', 'vp6', 'vp6a', 'vp6f', 'vp7'],
  ...['msmpeg4v1', 'msmpeg4v2', 'msmpeg4', 'wmv1', 'wmv2', 'wmv3', 'svq1', 'svq3', 'cinepak', 'rpza', 'qtrle'],
  ...['msrle', 'msvideo1', 'flashsv', 'flashsv2', 'zmbv', 'fraps', 'camtasia', 'tscc2'],
  // Without loss, and covers.
  ...['rawvideo', 'v210', 'v410', 'r210', 'yuv4', 'huffyuv', 'ffvhuff', 'ffv1', 'utvideo', 'lagarith', 'hap'],
  ...['png', 'apng', 'bmp', 'webp', 'tiff'],
  // Sound.
  ...['aac', 'aac_latm', 'mp1', 'mp1float', 'mp2', 'mp2float', 'mp3', 'mp3float', 'ac3', 'eac3', 'dca'],
  ...['truehd', 'mlp', 'opus', 'libopus', 'vorbis', 'libvorbis', 'flac', 'alac', 'wavpack', 'tta', 'ape'],
  ...['speex', 'libspeex', 'wmav1', 'wmav2', 'wmapro', 'wmalossless', 'wmavoice', 'amrnb', 'amrwb'],
  ...['libopencore_amrnb', 'libopencore_amrwb', 'qcelp', 'evrc', 'gsm', 'gsm_ms', 'libgsm', 'libgsm_ms'],
  ...['nellymoser', 'qdm2', 'qdmc', 'mace3', 'mace6', 'adpcm_ms', 'adpcm_ima_wav', 'adpcm_ima_qt', 'adpcm_swf'],
  ...['adpcm_yamaha', 'g722', 'g726', 'g726le', 'pcm_alaw', 'pcm_mulaw', 'pcm_s8', 'pcm_u8', 'pcm_s16le'],
  ...['pcm_s16be', 'pcm_s24le', 'pcm_s24be', 'pcm_s32le', 'pcm_s32be', 'pcm_f32le', 'pcm_f32be', 'pcm_f64le'],
  ...['pcm_f64be', 'pcm_u16le', 'pcm_u16be', 'pcm_bluray', 'pcm_dvd', 's302m', 'dvaudio'],
  // What is written beside the pictures.
  ...['mov_text', 'subrip', 'srt', 'ass', 'ssa', 'webvtt', 'text', 'dvdsub', 'dvbsub', 'pgssub', 'xsub'],
  ...['cc_dec', 'libzvbi_teletextdec', 'libaribb24', 'libaribcaption'],
];

/**
 * Who decodes a WebM with transparency, by codec: it lies beside the pictures, as a stream of its own (`alpha_mode`), and
 * FFmpeg's decoders pass it over, so that what is meant to be hidden shows. The library makes `yuva420p` of `yuv420p`,
 * and knows no other.
 * https://www.webmproject.org/docs/container/#AlphaMode
 */
export const TRANSPARENT: Readonly<Record<string, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' };

/** Before the input of a program that wants the pictures as they are meant. */
export function decodedBy({ index, decoder }: VideoFacts): string[] {
  return decoder ? [`-c:${index}`, decoder] : [];
}
