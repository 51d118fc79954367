import { expect, it } from 'vitest';
import type { AudioFacts } from '../../core/media.ts';
import { plainFacts } from '../../test/plain-facts.ts';
import { ENCODERS, type Encoder } from './encoders.ts';
import { trackArguments, tracksOf } from './tracks.ts';

const [MP4, AVI] = [ENCODERS[0], ENCODERS.at(-1)] as [Encoder, Encoder];

const sound = (index: number, changes: Partial<AudioFacts> = {}): AudioFacts => ({
  ...{ index, codec: 'aac', channels: 2, language: null, title: null, default: false, start: 0, duration: 1 },
  ...changes,
});
const text = { index: 9, codec: 'subrip', language: 'eng', title: null, default: false };

function facts(sounds: AudioFacts[]) {
  return { ...plainFacts(), sounds, audio: sounds[1] ?? sounds[0] ?? null, subtitles: [text] };
}
const args = (sounds: AudioFacts[], encoder = MP4, audioEncoder = 'aac') =>
  trackArguments({ facts: facts(sounds), encoder, audioEncoder }).join(' ');

it('keeps loudspeakers that are played everywhere, and goes to the next larger set else', () => {
  const channels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16];
  const kept = channels.map((count) => / -ac:a:0 (\d)/.exec(args([sound(1, { channels: count })]))?.[1]);
  expect(kept).toEqual(['1', '2', '6', '6', '6', '6', '6', '6', '2', '2']);
  expect(args([sound(1, { channels: 16 })])).toContain('pan=stereo|c0=c0|c1=c1,');
});

it('takes every sound and subtitle along, with its name', () => {
  const all = args([sound(1, { language: 'eng', title: 'One' }), sound(3, { default: true })]);
  expect(all).toContain('-map 0:1 -c:a:0 aac');
  expect(all).toContain('-metadata:s:a:0 language=eng -metadata:s:a:0 title=One -disposition:a:0 0');
  expect(all).toContain('-map 0:3 -c:a:1 aac');
  expect(all).toContain('-disposition:a:1 default');
  expect(all).toContain('-map 0:9 -c:s:0 mov_text -metadata:s:s:0 language=eng');
});

it('takes only the sound that plays by itself into an AVI', () => {
  expect(args([sound(1), sound(3)], AVI)).not.toMatch(/0:1|0:9|mov_text/);
  expect(tracksOf({ facts: facts([sound(1), sound(3)]), encoder: AVI })).toMatchObject({
    sounds: [{ index: 3 }],
    subtitles: [],
  });
});

it('writes surround into an AVI as AC-3, for MP3 has none', () => {
  const encoderOf = (channels: number) => /-c:a:0 (\S+)/.exec(args([sound(1, { channels })], AVI, 'libmp3lame'))?.[1];
  expect([1, 2, 3, 6, 8, 16].map(encoderOf)).toEqual(['libmp3lame', 'libmp3lame', 'ac3', 'ac3', 'ac3', 'libmp3lame']);
});

it('lets silence come before what begins later in an AVI, and nothing before what MP3 begins with', () => {
  const inStep = '-filter:a:0 aresample=48000:async=1:first_pts=0';
  expect(args([sound(1, { channels: 6 })], AVI, 'libmp3lame')).toContain(`${inStep} `);
  expect(args([sound(1)], AVI, 'libmp3lame')).toContain(`${inStep},atrim=start_sample=1105,asetpts=PTS-STARTPTS `);
  expect(args([sound(1)])).toContain('-filter:a:0 aresample=async=1 ');
});

it('leaves subtitles out that broke an attempt', () => {
  expect(tracksOf({ facts: facts([]), encoder: MP4, withoutSubtitles: true }).subtitles).toEqual([]);
  expect(tracksOf({ facts: facts([]), encoder: MP4 }).subtitles).toEqual([text]);
});
