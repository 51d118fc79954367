import { useEffect } from 'preact/hooks';
import { standingOf } from '../../core/standing.ts';
import { isNewcomer } from '../api.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { interrupted, onTheirWay, uploads } from '../upload/queue.ts';
import { UploadList } from '../upload/upload-list.tsx';
import { Card } from './card.tsx';
import { Search } from './search.tsx';
import { listed, listing, loadPage, query } from './store.ts';

export function Library() {
  useEffect(() => {
    document.title = 'Your videos – Reelight';
  }, []);
  // What this page is uploading is shown as that.
  const shown = listed.value.filter(
    (video) => !(standingOf(video) === 'awaiting_upload' && onTheirWay.value.has(video.file_id)),
  );
  const { state, cursor, error } = listing.value;
  const searching = query.value.trim() !== '';
  const none = shown.length === 0 && uploads.value.length === 0 && interrupted.value.length === 0 && !searching;
  // Who has been here before has videos, as a rule: the page is laid out for them, and nothing jumps when they come.
  const empty = none && (state === 'there' || isNewcomer);
  return (
    <>
      <h1 class={empty ? 'hero' : 'visually-hidden'}>{empty ? 'Your videos, in a better light' : 'Your videos'}</h1>
      {empty && (
        <p class="hero-words">
          Drop a video. It comes back looking better, ready to stream, with everything that can be known about it.
        </p>
      )}
      <DropZone calm={!empty} />
      <UploadList />
      {(shown.length > 0 || searching || (state !== 'there' && !empty)) && (
        <section aria-labelledby="library-title" class="library">
          <div class="library-head">
            <h2 id="library-title">Library</h2>
            <Search />
          </div>
          {state === 'failed' && (
            <div class="trouble-box" role="alert">
              <p>{error}</p>
              <button type="button" class="button" onClick={() => void loadPage()}>
                Try again
              </button>
            </div>
          )}
          {state === 'loading' && shown.length === 0 && <p class="muted">Looking …</p>}
          {state === 'there' && shown.length === 0 && searching && (
            <p class="muted">No video has “{query.value.trim()}” in its name.</p>
          )}
          <ul class="cards">
            {shown.map((video) => (
              <Card key={video.file_id} video={video} />
            ))}
          </ul>
          {cursor && (
            <button type="button" class="button more" onClick={() => void loadPage(cursor)}>
              Older ones
            </button>
          )}
        </section>
      )}
    </>
  );
}
