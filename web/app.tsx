import { useEffect, useRef } from 'preact/hooks';
import { Library } from './library/library.tsx';
import { connected } from './library/store.ts';
import { LIBRARY, route } from './route.ts';
import type { Session } from './sign-in/session.ts';
import { SignOut } from './sign-in/sign-out.tsx';
import { Confirm } from './ui/confirm.tsx';
import { clearNotices, Notices } from './ui/notices.tsx';
import { VideoPage } from './video/video-page.tsx';

export function App({ me }: { me?: Session | undefined }) {
  const main = useRef<HTMLElement>(null);
  const { value: at } = route;
  const place = at.view === 'video' ? at.fileId : '';
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    // Who went somewhere else starts to read there, with eyes or without.
    main.current?.focus({ preventScroll: true });
    clearNotices();
    scrollTo(0, 0);
  }, [place]);
  return (
    <>
      <header class="top">
        <a
          class="skip"
          href={LIBRARY}
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to the content
        </a>
        <a class="brand" href={LIBRARY} aria-label="Reelight, your videos">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M16 4a12 12 0 0 1 0 24Z" fill="currentColor" />
            <path d="M16 4a12 12 0 0 0 0 24" fill="none" stroke="currentColor" stroke-width="2.4" />
          </svg>
          Reelight
        </a>
        <Connection />
        <a class="quiet-link" href="/docs">
          API
        </a>
        {me && <SignOut me={me} />}
      </header>
      <main ref={main} id="main" tabIndex={-1}>
        {at.view === 'video' ? <VideoPage key={at.fileId} fileId={at.fileId} /> : <Library />}
      </main>
      <Notices />
      <Confirm />
    </>
  );
}

function Connection() {
  return (
    <p class={`connection ${connected.value ? 'is-live' : ''}`}>
      <span class="dot" aria-hidden="true" />
      {connected.value ? 'Live' : 'Connecting …'}
    </p>
  );
}
