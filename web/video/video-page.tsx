import { useEffect } from 'preact/hooks';
import { Analysis } from '../analysis/analysis.tsx';
import { load, videos } from '../library/store.ts';
import { Metadata } from '../metadata/metadata.tsx';
import { Player } from '../player/player.tsx';
import { LIBRARY } from '../route.ts';
import { useFiles } from '../sign-in/files.tsx';
import { canBePlayed, isUnderWay, standingWords } from '../standing.ts';
import { Icon } from '../ui/icon.tsx';
import { useReading } from '../ui/reading.ts';
import { bytes, PROFILES, when } from '../words.ts';
import { Actions } from './actions.tsx';
import { Cost } from './cost.tsx';
import { Processes } from './processes.tsx';

export function VideoPage({ fileId }: { fileId: string }) {
  const { failure } = useReading(fileId, () => load(fileId));
  const video = videos.value.get(fileId);
  const allowed = useFiles(fileId);

  useEffect(() => {
    if (!video) document.title = 'Video – Reelight';
    else document.title = `${isUnderWay(video) ? `${standingWords(video)} · ` : ''}${video.filename} – Reelight`;
  }, [video]);

  return (
    <article class="video-page">
      <a class="quiet-link back" href={LIBRARY}>
        <Icon name="back" /> Your videos
      </a>
      {!video && failure && (
        <div class="trouble-box" role="alert">
          <h1>There is nothing to show</h1>
          <p>{failure}</p>
        </div>
      )}
      {!video && !failure && <h1 class="muted">Looking …</h1>}
      {video && (
        <>
          <header class="video-head">
            <div>
              <h1 dir="auto">{video.filename}</h1>
              <p class="muted">
                {when(video.created_at)} · {bytes(video.size)} · {PROFILES[video.profile].name}
              </p>
            </div>
            <Actions video={video} />
          </header>
          {!(canBePlayed(video) && video.status === 'completed') && <Processes video={video} />}
          {canBePlayed(video) && allowed && <Player video={video} key={video.outputs.enhanced?.etag} />}
          {video.analysis && <Analysis report={video.analysis} />}
          {video.outputs.metadata && <Metadata path={video.outputs.metadata.path} key={video.outputs.metadata.etag} />}
          {video.cost.dollars > 0 && !isUnderWay(video) && <Cost video={video} />}
        </>
      )}
    </article>
  );
}
