import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/library.css';
import './styles/video.css';
import './styles/player.css';
import './styles/metadata.css';
import './styles/forced-colors.css';
import { session } from './api.ts';
import { App } from './app.tsx';
import { startLibrary } from './library/store.ts';
import { NotSignedIn } from './sign-in/not-signed-in.tsx';
import { learnLimits } from './upload/limits.ts';
import { restoreUploads } from './upload/queue.ts';

const root = document.getElementById('app');

async function start(): Promise<void> {
  const me = await session();
  if (root) render(<App me={me} />, root);
  startLibrary();
  void learnLimits();
  void restoreUploads();
}

start().catch((error: unknown) => {
  if (root) render(<NotSignedIn error={error} />, root);
});
