import { join } from 'node:path';
import { beep, type Case, type Kitchen, PLAIN, UNTAGGED, X264, yuv } from './case.ts';

const AAC = ['-c:a', 'aac', '-b:a', '128k'];
const GRAPH = yuv('yuv420p', '170m', 'tv', UNTAGGED);
/** Frames that come, as from a phone in the dark or a screen recording: late, early, and some not at all. */
const UNEVEN = "select='not(between(n,5,14))',setpts='PTS+mod(N*7,5)*0.004/TB'";
const numbersFrom = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const LATE_BEEP = "aevalsrc=exprs='if(between(t,1.4,1.6),0.5*sin(2*PI*1000*t),0)':duration=2:sample_rate=48000";

export const time: Case[] = [
  {
    name: 'uneven.mp4',
    about: 'a variable frame rate',
    fast: true,
    make: ({ chart }) => [
      ...chart(),
      ...[
        '-frames:v',
        '25',
        '-vf',
        `${GRAPH},settb=1/90000,${UNEVEN}`,
        ...X264,
        '-fps_mode',
        'vfr',
        '-enc_time_base',
        '1/90000',
      ],
    ],
  },
  {
    name: 'uneven.mkv',
    about: 'a variable frame rate in milliseconds, with sound',
    make: ({ chart }) => [
      ...chart(),
      ...beep(2),
      ...[
        '-t',
        '2',
        '-vf',
        `${GRAPH},settb=1/1000,${UNEVEN}`,
        ...X264,
        '-fps_mode',
        'vfr',
        '-enc_time_base',
        '1/1000',
        ...AAC,
      ],
    ],
  },
  {
    name: 'pause.mp4',
    about: 'a picture that stands for two seconds',
    make: ({ chart }) => [
      ...chart(),
      ...['-frames:v', '25', '-vf', `${GRAPH},setpts='PTS+gte(N,12)*2/TB'`, ...X264, '-fps_mode', 'vfr'],
    ],
    expect: { frames: 25 },
  },
  {
    name: 'ntsc.mp4',
    about: '29.97 pictures a second',
    make: ({ chart }) => [...chart('30000/1001'), '-frames:v', '60', '-vf', GRAPH, ...X264],
  },
  {
    name: 'slow-motion.mp4',
    about: '240 pictures a second',
    make: ({ chart }) => [...chart('240'), '-frames:v', '120', '-vf', GRAPH, ...X264],
  },
  {
    name: 'one-picture.mp4',
    about: 'a single picture',
    fast: true,
    make: ({ chart }) => [...chart(), '-frames:v', '1', '-vf', GRAPH, ...X264],
    expect: { frames: 1 },
  },
  {
    name: 'one-picture-interlaced.mp4',
    about: 'a single picture, and interlaced',
    make: ({ chart }) => [
      ...chart('50'),
      ...['-frames:v', '1', '-vf', `tinterlace=interleave_top,setfield=tff,${GRAPH}`, ...X264, '-flags', '+ildct+ilme'],
    ],
    interlacing: { order: 'tff', confidence: 0.9 },
    expect: { frames: 1, numbers: null },
  },
  {
    name: 'long-group.mp4',
    about: 'one keyframe for all of it, and references back and forth',
    make: ({ chart }) => [
      ...[...chart(), '-frames:v', '150', '-vf', GRAPH, '-c:v', 'libx264', '-preset', 'fast', '-crf', '15'],
      ...['-g', '1000', '-keyint_min', '1000', '-sc_threshold', '0', '-bf', '4'],
    ],
  },
  {
    name: 'starts-late.ts',
    about: 'begins at 5 s, as broadcasts do',
    make: ({ chart }) => [...chart(), ...beep(), ...PLAIN, ...X264, ...AAC, '-output_ts_offset', '5'],
  },
  {
    name: 'starts-negative.mp4',
    about: 'times of decoding and of showing below 0, without an edit list',
    make: ({ chart }) => [
      ...[...chart(), ...beep(), '-t', '1', '-vf', GRAPH, '-c:v', 'libx264', '-bf', '2', '-crf', '12', ...AAC],
      ...['-movflags', 'negative_cts_offsets', '-use_editlist', '0'],
    ],
  },
  {
    name: 'starts-before-zero.mov',
    about: 'begins before 0: what lies there is not shown',
    make: ({ chart }) => [
      ...[...chart(), ...PLAIN, ...X264, '-output_ts_offset', '-0.4', '-avoid_negative_ts', 'disabled'],
    ],
    expect: { numbers: numbersFrom(10, 24) },
  },
  {
    name: 'back-and-forth.avi',
    about: 'H.264 whose pictures refer back and forth, in an AVI, which tells only when each is to be decoded',
    fast: true,
    make: ({ chart }) => [
      ...[...chart(), ...beep(), '-t', '1', '-vf', GRAPH, '-c:v', 'libx264', '-bf', '3', '-crf', '12'],
      ...['-c:a', 'pcm_s16le'],
    ],
    expect: { heard: 0.4 },
  },
  {
    name: 'sound-late.mp4',
    about: 'sound begins 0.3 s after the pictures',
    fast: true,
    make: ({ chart }) => [...chart(), '-itsoffset', '0.3', ...beep(), ...PLAIN, ...X264, ...AAC],
  },
  {
    name: 'sound-early.mkv',
    about: 'pictures begin 0.3 s after the sound',
    make: ({ chart }) => ['-itsoffset', '0.3', ...chart(), ...beep(2), ...PLAIN, ...X264, ...AAC],
  },
  {
    name: 'pictures-last.ts',
    about: 'pictures begin eight seconds after the sound, as where a receiver waits for a keyframe',
    fast: true,
    make: ({ chart }) => [
      ...['-itsoffset', '8', ...chart(), ...beep(9), '-t', '9', '-vf', GRAPH, ...X264, '-c:a', 'mp2'],
    ],
    expect: { frames: 25, sounds: [1] },
  },
  {
    name: 'sound-last.ts',
    about: 'sound begins eight seconds after the pictures',
    make: ({ chart }) => [...chart(), '-itsoffset', '8', ...beep(), '-t', '9', '-vf', GRAPH, ...X264, '-c:a', 'ac3'],
    expect: { sounds: [1] },
  },
  {
    name: 'sound-gap.mkv',
    about: 'sound that breaks off for half a second, and goes on in its time',
    make: ({ chart }) => [
      ...[...chart(), '-f', 'lavfi', '-i', LATE_BEEP, '-frames:v', '50', '-vf', GRAPH, ...X264],
      ...['-af', "aselect='not(between(t,0.5,1))'", '-c:a', 'pcm_s16le'],
    ],
  },
  {
    name: 'wraps.ts',
    about: 'a broadcast whose clock starts anew in the middle',
    make: ({ chart }) => [...chart(), ...beep(), ...PLAIN, ...X264, ...AAC, '-output_ts_offset', '95441.8'],
  },
  {
    name: 'sound-longer.mp4',
    about: 'sound lasts two seconds longer than the pictures',
    fast: true,
    make: ({ chart }) => [...chart(), ...beep(3), ...PLAIN, ...X264, ...AAC],
  },
  {
    name: 'sound-shorter.mp4',
    about: 'sound ends two seconds before the pictures',
    make: ({ chart }) => [...chart(), ...beep(), '-frames:v', '75', '-vf', GRAPH, ...X264, ...AAC],
  },
  {
    name: 'edit-list.mp4',
    about: 'an edit list that begins in the middle of a group of pictures',
    make: (kitchen, path) => cut(kitchen, path, '0.5'),
    expect: { numbers: numbersFrom(13, 49) },
  },
  {
    name: 'interlaced-top.mp4',
    about: 'interlaced, upper field first',
    fast: true,
    make: interlaced('interleave_top', 'tff'),
    interlacing: { order: 'tff', confidence: 0.95 },
    expect: { frames: 25, numbers: null },
  },
  {
    name: 'interlaced-bottom.mp4',
    about: 'interlaced, lower field first, as the header says and nobody looked',
    make: interlaced('interleave_bottom', 'bff'),
    expect: { frames: 25, numbers: null },
  },
  {
    name: 'interlaced-not.mp4',
    about: 'calls itself interlaced, but its pictures are whole',
    make: ({ chart }) => [
      ...chart(),
      '-frames:v',
      '25',
      '-vf',
      `${GRAPH},setfield=tff`,
      ...X264,
      '-flags',
      '+ildct+ilme',
    ],
    interlacing: { order: 'progressive', confidence: 0.95 },
  },
  {
    name: 'wide-pixels.mp4',
    about: 'pixels wider than high',
    fast: true,
    make: ({ chart }) => [...chart(), '-frames:v', '25', '-vf', `${GRAPH},setsar=64/45`, ...X264],
    expect: { sampleAspect: '64:45' },
  },
  {
    name: 'odd.mkv',
    about: 'sides with odd numbers of pixels',
    fast: true,
    make: ({ chart }) => [
      ...[...chart(), '-frames:v', '25', '-vf', `format=gbrp,crop=319:179:0:0:exact=1,${yuv('yuv444p')}`],
      ...['-c:v', 'ffv1'],
    ],
    expect: { width: 318, height: 178, corners: 'rgyb' },
  },
  {
    name: 'tiny.mkv',
    about: '3 by 5 pixels',
    make: ({ chart }) => [...chart(), '-frames:v', '5', '-vf', 'format=gbrp,scale=3:5', '-c:v', 'ffv1'],
    expect: { width: 2, height: 4, numbers: null, corners: null, colors: null },
  },
];

function interlaced(mode: string, order: string): Case['make'] {
  return ({ chart }) => [
    ...[...chart('50'), '-frames:v', '25', '-vf', `tinterlace=${mode},setfield=${order},${GRAPH}`],
    ...[...X264, '-flags', '+ildct+ilme'],
  ];
}

async function cut({ ffmpeg, chart, folder }: Kitchen, path: string, from: string): Promise<void> {
  const whole = join(folder, 'before-cutting.mp4');
  await ffmpeg(...chart(), ...beep(2), '-frames:v', '50', '-vf', GRAPH, ...X264, '-g', '50', ...AAC, whole);
  await ffmpeg('-ss', from, '-i', whole, '-c', 'copy', path);
}
