import { beep, type Case, PLAIN, UNTAGGED, yuv } from './case.ts';

const codec = (name: string, about: string, args: string[], more: Partial<Case> = {}): Case => ({
  name,
  about,
  make: ({ chart }) => [...chart(), ...PLAIN, ...args],
  ...more,
});

/** One picture size that DV has, with the pixels that make it 4:3; the chart is stretched, so only its corners count. */
const dv = `format=gbrp,scale=720:576,${yuv('yuv420p', '170m', 'tv', UNTAGGED)},setsar=16/15,setfield=prog`;

export const codecs: Case[] = [
  codec('h264-main.mp4', 'H.264 with B pictures and CABAC', ['-c:v', 'libx264', '-preset', 'medium', '-crf', '15']),
  codec('h264-baseline.mp4', 'H.264 Baseline', ['-c:v', 'libx264', '-profile:v', 'baseline', '-crf', '15']),
  codec('h264-lossless.mkv', 'H.264 without loss', ['-c:v', 'libx264', '-qp', '0']),
  codec(
    'hevc.mp4',
    'HEVC',
    ['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '12', '-tag:v', 'hvc1', '-x265-params', 'log-level=error'],
    { needs: ['libx265'], fast: true },
  ),
  codec('vp8.webm', 'VP8', ['-c:v', 'libvpx', '-deadline', 'realtime', '-crf', '6', '-b:v', '4M'], {
    needs: ['libvpx'],
  }),
  codec(
    'vp9.webm',
    'VP9',
    ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-crf', '15', '-b:v', '0'],
    { needs: ['libvpx-vp9'], fast: true },
  ),
  codec('av1.mp4', 'AV1', ['-c:v', 'libsvtav1', '-preset', '10', '-crf', '20'], { needs: ['libsvtav1'], fast: true }),
  codec('mpeg2.mpg', 'MPEG-2', ['-c:v', 'mpeg2video', '-q:v', '2']),
  codec('mpeg4.avi', 'MPEG-4 Part 2 with B pictures', ['-c:v', 'mpeg4', '-q:v', '2', '-bf', '2', '-vtag', 'XVID']),
  codec('prores.mov', 'ProRes 422', ['-c:v', 'prores_ks', '-profile:v', '2', '-pix_fmt', 'yuv422p10le']),
  {
    name: 'dv.avi',
    about: 'DV',
    make: ({ chart }) => [
      ...chart(),
      ...beep(1, 2),
      '-frames:v',
      '25',
      '-vf',
      dv,
      '-c:v',
      'dvvideo',
      '-c:a',
      'pcm_s16le',
    ],
    expect: { width: 720, height: 576, sampleAspect: '16:15', numbers: null, corners: null, colors: null },
  },
  codec('mjpeg.avi', 'Motion JPEG', ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p']),
  codec('mjpeg.mov', 'Motion JPEG 4:2:2 from a camera', ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj422p']),
  codec('ffv1.mkv', 'FFV1', ['-c:v', 'ffv1']),
  codec('huffyuv.avi', 'HuffYUV', ['-c:v', 'huffyuv', '-pix_fmt', 'yuv422p']),
  codec('screen.mov', 'QuickTime Animation', ['-pix_fmt', 'rgb24', '-c:v', 'qtrle']),
  codec('png.mov', 'PNG pictures', ['-pix_fmt', 'rgb24', '-c:v', 'png']),
  codec('theora.ogv', 'Theora', ['-c:v', 'libtheora', '-q:v', '9'], { needs: ['libtheora'] }),
  codec('flv1.flv', 'Sorenson Spark', ['-c:v', 'flv', '-q:v', '2']),
  codec('msmpeg4.avi', 'Microsoft’s MPEG-4', ['-c:v', 'msmpeg4', '-q:v', '2']),
  codec('raw.avi', 'uncompressed', ['-c:v', 'rawvideo', '-pix_fmt', 'yuv420p']),
];
