import type { VideoRecord } from '../../client/index.ts';
import { standingOf } from '../../core/standing.ts';
import { versioned } from '../address.ts';
import { videoLink } from '../route.ts';
import { FileLink } from '../sign-in/files.tsx';
import { canBePlayed, isUnderWay, lacksFile, standingWords } from '../standing.ts';
import { FileName } from '../ui/file-name.tsx';
import { Icon } from '../ui/icon.tsx';
import { Progress } from '../ui/progress.tsx';
import { SendAgain } from '../upload/send-again.tsx';
import { bytes, clock, when } from '../words.ts';
import { cancelVideo, copyLink, deleteVideo, retryVideo, savedName } from './actions.ts';
import { Poster } from './poster.tsx';

export function Card({ video }: { video: VideoRecord }) {
  const { file_id, filename, created_at, size, outputs, processes } = video;
  const standing = standingOf(video);
  const error = processes.video_enhancement.error ?? processes.metadata_extraction.error;
  return (
    <li class="card" data-standing={standing}>
      <a class="card-link" href={videoLink(file_id)}>
        <div class="card-picture">
          <Poster video={video} />
          {outputs.enhanced && <span class="card-length">{clock(outputs.enhanced.duration_seconds)}</span>}
        </div>
        <FileName name={filename} />
      </a>
      <p class="card-facts">
        <span class={`chip chip-${standing}`}>{standingWords(video)}</span>
        <span class="muted">
          {when(created_at)} · {bytes(size)}
        </span>
      </p>
      {isUnderWay(video) && <Progress value={processes.video_enhancement.progress} label={`Enhancing ${filename}`} />}
      {standing === 'failed' && error && <p class="trouble-text">{error}</p>}
      <SendAgain video={video} />
      <CardActions video={video} />
    </li>
  );
}

function CardActions({ video }: { video: VideoRecord }) {
  const { filename, outputs } = video;
  const standing = standingOf(video);
  return (
    <div class="card-actions">
      {canBePlayed(video) && outputs.enhanced && (
        <FileLink
          fileId={video.file_id}
          class="icon-button"
          href={versioned(outputs.enhanced)}
          download={savedName(video)}
          aria-label={`Download ${filename}`}
        >
          <Icon name="download" />
        </FileLink>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={`Copy link to ${filename}`}
        onClick={() => void copyLink(video)}
      >
        <Icon name="link" />
      </button>
      {isUnderWay(video) && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Cancel ${filename}`}
          onClick={() => void cancelVideo(video)}
        >
          <Icon name="stop" />
        </button>
      )}
      {(standing === 'failed' || standing === 'cancelled') && !lacksFile(video) && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Retry ${filename}`}
          onClick={() => void retryVideo(video)}
        >
          <Icon name="retry" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={`Delete ${filename}`}
        onClick={() => void deleteVideo(video)}
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}
