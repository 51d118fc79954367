import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/library.css';
import './styles/video.css';
import './styles/player.css';
import './styles/metadata.css';
import { App } from './app.tsx';
import { startLibrary } from './library/store.ts';
import { restoreUploads } from './upload/queue.ts';

const root = document.getElementById('app');
if (root) render(<App />, root);
startLibrary();
void restoreUploads();
