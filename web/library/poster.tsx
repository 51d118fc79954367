import type { VideoRecord } from '../../client/index.ts';
import { versioned } from '../address.ts';
import { usePicture } from '../sign-in/files.tsx';
import { signIn } from '../sign-in/settings.ts';
import { Icon } from '../ui/icon.tsx';

/** A picture of the video, or a place for one. */
export function Poster({ video }: { video: VideoRecord }) {
  const { poster } = video.outputs;
  const { allowed, loaded } = usePicture(video.file_id, poster !== undefined);
  if (!poster || !allowed) {
    return (
      <div class="poster poster-none">
        <Icon name="film" />
      </div>
    );
  }
  return (
    <picture class="poster">
      {poster.webp && <source srcset={versioned(poster.webp)} type="image/webp" />}
      <img
        src={versioned(poster)}
        width={poster.width}
        height={poster.height}
        alt=""
        loading={signIn ? 'eager' : 'lazy'}
        decoding="async"
        onLoad={loaded}
        onError={loaded}
      />
    </picture>
  );
}
