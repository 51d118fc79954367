import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { PROFILE_ORDER, PROFILES } from '../words.ts';
import { limits } from './limits.ts';
import { addFiles } from './queue.ts';
import { takenWords } from './taken.ts';
import { ACCEPTED } from './video-type.ts';
import { wishes } from './wishes.ts';

/** Where videos are chosen. They may be dropped anywhere on the page. */
export function DropZone({ calm }: { calm: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const over = useSignal(false);

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    let left = 0;
    addEventListener(
      'dragover',
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        over.value = true;
        clearTimeout(left);
        // Browsers send this all the while; that it stops is how one learns that the files have gone elsewhere.
        left = window.setTimeout(() => {
          over.value = false;
        }, 300);
      },
      { signal },
    );
    addEventListener(
      'drop',
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        over.value = false;
        addFiles(event.dataTransfer.files);
      },
      { signal },
    );
    return () => stop.abort();
  }, [over]);

  return (
    <section class={`drop ${calm ? 'drop-calm' : ''} ${over.value ? 'drop-over' : ''}`} aria-labelledby="drop-title">
      <div class="drop-words">
        <h2 id="drop-title">{over.value ? 'Let go' : 'Drop videos here'}</h2>
        <p class="muted">One or many, large ones too. An interrupted upload goes on where it was.</p>
        <p class="muted small">{takenWords(limits.value)}</p>
      </div>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple
        accept={ACCEPTED}
        tabIndex={-1}
        aria-hidden="true"
        onChange={({ currentTarget }) => {
          addFiles([...(currentTarget.files ?? [])]);
          // So that the same file can be chosen once more.
          currentTarget.value = '';
        }}
      />
      <button type="button" class="button primary" onClick={() => input.current?.click()}>
        <Icon name="upload" /> Choose videos
      </button>
      <WishesChoice />
    </section>
  );
}

function WishesChoice() {
  const { profile, hdr } = wishes.value;
  return (
    <fieldset class="profiles">
      <legend>What to do with them</legend>
      {PROFILE_ORDER.map((name) => (
        <label key={name} class="profile">
          <input
            type="radio"
            name="profile"
            value={name}
            checked={profile === name}
            onChange={() => {
              wishes.value = { profile: name, hdr };
            }}
          />
          <span>
            <strong>{PROFILES[name].name}</strong> <small>{PROFILES[name].does}</small>
          </span>
        </label>
      ))}
      <label class="also">
        <input
          type="checkbox"
          checked={hdr === 'keep'}
          onChange={({ currentTarget }) => {
            wishes.value = { profile, hdr: currentTarget.checked ? 'keep' : 'sdr' };
          }}
        />
        <span>
          <strong>Keep HDR</strong>{' '}
          <small>HDR10 and HLG stay as they are, without repairs. Otherwise every screen can show them.</small>
        </span>
      </label>
    </fieldset>
  );
}
