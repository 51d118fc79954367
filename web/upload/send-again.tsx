import type { VideoRecord } from '../../client/index.ts';
import { standingOf } from '../../core/standing.ts';
import { lacksFile } from '../standing.ts';
import { Icon } from '../ui/icon.tsx';
import { ChooseFile } from './choose-file.tsx';
import { onTheirWay, sendAgain } from './queue.ts';

/** The way on for a video whose file never came, and that nobody sends from here. */
export function SendAgain({ video }: { video: VideoRecord }) {
  if (!lacksFile(video) || onTheirWay.value.has(video.file_id)) return null;
  return (
    <div class="send-again">
      {standingOf(video) === 'awaiting_upload' && (
        <p class="muted small">
          Nothing is being sent from here. Unless it comes from elsewhere, choose its file again.
        </p>
      )}
      <ChooseFile label={`Choose file of ${video.filename} again`} onFile={(file) => void sendAgain(video, file)}>
        <Icon name="upload" /> Choose file
      </ChooseFile>
    </div>
  );
}
