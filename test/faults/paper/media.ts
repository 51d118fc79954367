import { TransientError } from '../../../core/errors.ts';
import type { Cutting, MediaTools, RangeSource } from '../../../core/ports/index.ts';
import { paperMedia } from '../../twins.ts';
import { readWritten } from './files.ts';

/** What people send, by variant: a film is long enough to be cut. */
export const SOURCES = { clip: 'a clip on paper', film: 'a film on paper, on which many work at once' } as const;
export type Variant = keyof typeof SOURCES;

/** Of text. */
const CHUNKS_OF_TEN_SECONDS = 4;
const SOUND = 'la la la';

/** What comes out when nobody is disturbed: the source in capitals, in as many pieces as it was cut into. */
export function madeOf(variant: Variant, seconds: number): string {
  const { length } = SOURCES[variant];
  if (variant === 'clip' || seconds === 0) return SOURCES[variant].toUpperCase();
  const chunks = timelineOf(length, seconds).chunks.map(({ bytes: { from, to } }) =>
    SOURCES[variant].slice(from, to ?? length).toUpperCase(),
  );
  return [...chunks, SOUND].join('|');
}

/** Makes the source's bytes in capitals, and nothing that would have to be a file: its path says what would be in it. */
export function mediaOnPaper(): MediaTools {
  const none = () => Promise.reject(new TransientError('on_paper', 'There are no files on paper.'));
  const made = (path: string) => ({ path, size: path.length, cpuSeconds: 0 });
  return {
    ...paperMedia(),
    async enhance({ source, onProgress, signal }) {
      const text = await read(source, 0, source.size, signal);
      onProgress(100);
      return { ...made(text.toUpperCase()), contentType: 'video/mp4', encoder: 'paper', durationSeconds: 1 };
    },
    async cut({ source, seconds }) {
      if (source.size < SOURCES.film.length) return null;
      return { timeline: timelineOf(source.size, seconds), encoder: 'paper', threads: 1, build: '1', sound: true };
    },
    async enhanceChunk({ source, cut, index, onProgress, signal }) {
      const { from = 0, to = null } = cut.timeline.chunks[index]?.bytes ?? {};
      onProgress(50);
      const text = await read(source, from, to ?? source.size, signal);
      onProgress(100);
      const times = { frames: 1, first: index, last: index, fingerprint: text, parameterSets: '' };
      return { ...made(text.toUpperCase()), ...times };
    },
    encodeSound: async () => made(SOUND),
    async assemble({ chunks, sound }) {
      const paths = [...chunks.map(({ path }) => path), ...(sound ? [sound] : [])];
      return { ...made(paths.map(readWritten).join('|')), durationSeconds: 1 };
    },
    makePoster: none,
    makePlayable: none,
  };
}

async function read(source: RangeSource, from: number, to: number, signal: AbortSignal): Promise<string> {
  return Buffer.concat(await (await source.read(from, to - 1, signal)).toArray()).toString();
}

function timelineOf(size: number, seconds: number): Cutting['timeline'] {
  const count = (CHUNKS_OF_TEN_SECONDS * 10) / seconds;
  const at = (index: number) => Math.round((size * index) / count);
  const chunks = Array.from({ length: count }, (_, index) => ({
    ...{ index, start: index === 0 ? null : index, end: index === count - 1 ? null : index + 1, seek: index },
    bytes: { from: at(index), to: index === count - 1 ? null : at(index + 1) },
    onward: 0,
    cut: null,
  }));
  return { timeBase: { num: 1, den: 1 }, origin: 0, first: 0, chunks };
}
