import { useSignal } from '@preact/signals';
import type { MetadataDocument } from '../../core/metadata.ts';
import { client } from '../api.ts';
import { copy } from '../ui/copy.ts';
import { FactList } from '../ui/fact-list.tsx';
import { useReading } from '../ui/reading.ts';
import { factsOf } from './facts.ts';
import { Histogram } from './histogram.tsx';
import { Streams } from './streams.tsx';

/** What is known of the original, first as people read it. */
export function Metadata({ path }: { path: string }) {
  const { value: known, failure } = useReading(path, async (signal): Promise<MetadataDocument> => {
    return (await client.download(path, { signal })).json();
  });
  return (
    <section class="panel" aria-labelledby="metadata-title">
      <h2 id="metadata-title">The original</h2>
      {!known && <p class={failure ? 'trouble-text' : 'muted'}>{failure || 'Looking …'}</p>}
      {known && (
        <>
          <FactList facts={factsOf(known)} />
          <h3>Colours of the first picture</h3>
          <Histogram profile={known.color_profile} />
          <h3>Streams</h3>
          <Streams streams={known.advanced.streams} />
          <Raw document={known} path={path} />
        </>
      )}
    </section>
  );
}

function Raw({ document, path }: { document: MetadataDocument; path: string }) {
  const open = useSignal(false);
  // Drawn when it is asked for: it can be long.
  const json = open.value ? JSON.stringify(document, unrolled, 2) : '';
  return (
    <details
      class="raw"
      onToggle={({ currentTarget }) => {
        open.value = currentTarget.open;
      }}
    >
      <summary>All of it, as JSON</summary>
      <div class="raw-actions">
        <button type="button" class="button" onClick={() => void copy(JSON.stringify(document, null, 2), 'JSON')}>
          Copy
        </button>
        <a class="button" href={path} download={`${document.file_id}.json`}>
          Download
        </a>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="json" tabIndex={0} aria-label="Metadata as JSON">
        <pre>{json}</pre>
      </section>
    </details>
  );
}

/** The 768 numbers of the histograms are drawn above; here they would bury everything else. */
function unrolled(key: string, value: unknown): unknown {
  return key === 'histograms' ? '256 numbers a channel: see the drawing, or download the file' : value;
}
