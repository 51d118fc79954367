import { useRef } from 'preact/hooks';
import type { VideoRecord } from '../../client/index.ts';
import { standingOf } from '../../core/standing.ts';
import { lacksFile } from '../standing.ts';
import { Icon } from '../ui/icon.tsx';
import { onTheirWay, sendAgain } from './queue.ts';
import { ACCEPTED } from './video-type.ts';

/** The way on for a video whose file never came, and that nobody sends from here. */
export function SendAgain({ video }: { video: VideoRecord }) {
  const input = useRef<HTMLInputElement>(null);
  if (!lacksFile(video) || onTheirWay.value.has(video.file_id)) return null;
  return (
    <div class="send-again">
      {standingOf(video) === 'awaiting_upload' && (
        <p class="muted small">
          Nothing is being sent from here. Unless it comes from elsewhere, choose its file again.
        </p>
      )}
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept={ACCEPTED}
        tabIndex={-1}
        aria-hidden="true"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void sendAgain(video, file);
          currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="button"
        aria-label={`Choose file of ${video.filename} again`}
        onClick={() => input.current?.click()}
      >
        <Icon name="upload" /> Choose file
      </button>
    </div>
  );
}
