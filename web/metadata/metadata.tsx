import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MetadataDocument } from '../../core/metadata.ts';
import { client } from '../api.ts';
import { inWords } from '../problem.ts';
import { copy } from '../ui/copy.ts';
import { FactList } from '../ui/fact-list.tsx';
import { factsOf } from './facts.ts';
import { Histogram } from './histogram.tsx';
import { Streams } from './streams.tsx';

/** What is known of the original, first as people read it. */
export function Metadata({ path }: { path: string }) {
  const document = useSignal<MetadataDocument | undefined>(undefined);
  const failure = useSignal('');

  useEffect(() => {
    const stop = new AbortController();
    client
      .download(path, { signal: stop.signal })
      .then((response) => response.json())
      .then((read: MetadataDocument) => {
        document.value = read;
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) failure.value = inWords(error);
      });
    return () => stop.abort();
  }, [path, document, failure]);

  const known = document.value;
  return (
    <section class="panel" aria-labelledby="metadata-title">
      <h2 id="metadata-title">The original</h2>
      {failure.value && <p class="trouble-text">{failure.value}</p>}
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
