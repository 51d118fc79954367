import type { MetadataDocument } from '../../core/metadata.ts';
import { sentenceCase } from '../words.ts';
import { rate } from './facts.ts';

type Stream = MetadataDocument['advanced']['streams'][number];

/** What the file is made of, a line a stream. */
export function Streams({ streams }: { streams: Stream[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-scroll" aria-label="Streams" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {['#', 'Kind', 'Codec', 'Details', 'Rate', 'Language'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {streams.map((stream, at) => (
            <tr key={text(stream.index) || at}>
              <td>{text(stream.index)}</td>
              <th scope="row">{sentenceCase(text(stream.codec_type) || 'unknown')}</th>
              <td>{[text(stream.codec_name), text(stream.profile)].filter(Boolean).join(', ')}</td>
              <td>{detailsOf(stream)}</td>
              <td>{Number(stream.bit_rate) > 0 ? rate(Number(stream.bit_rate)) : ''}</td>
              <td>{languageOf(stream)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function detailsOf(stream: Stream): string {
  const parts =
    stream.codec_type === 'video'
      ? [stream.width && `${text(stream.width)} × ${text(stream.height)}`, stream.pix_fmt, stream.color_space]
      : [stream.channel_layout, Number(stream.sample_rate) > 0 && `${Number(stream.sample_rate) / 1000} kHz`];
  return parts.map(text).filter(Boolean).join(', ');
}

function languageOf({ tags }: Stream): string {
  const language = typeof tags === 'object' && tags !== null && 'language' in tags ? text(tags.language) : '';
  return language === 'und' ? '' : language;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
