import { useSignal } from '@preact/signals';
import type { VideoRecord } from '../../client/index.ts';
import type { HdrChoice } from '../../core/hdr-choice.ts';
import type { ProfileName } from '../../core/profiles/names.ts';
import { standingOf } from '../../core/standing.ts';
import { versioned } from '../address.ts';
import { cancelVideo, copyLink, deleteVideo, retryVideo, savedName } from '../library/actions.ts';
import { isUnderWay } from '../standing.ts';
import { Icon } from '../ui/icon.tsx';
import { bytes, PROFILE_ORDER, PROFILES } from '../words.ts';

export function Actions({ video }: { video: VideoRecord }) {
  const { enhanced } = video.outputs;
  const ended = ['completed', 'failed', 'cancelled'].includes(standingOf(video));
  return (
    <div class="actions">
      {enhanced && (
        <a class="button primary" href={versioned(enhanced)} download={savedName(video)}>
          <Icon name="download" /> Download <small>{bytes(enhanced.size)}</small>
        </a>
      )}
      <button type="button" class="button" onClick={() => void copyLink(video)}>
        <Icon name="link" /> Copy link
      </button>
      {isUnderWay(video) && (
        <button type="button" class="button" onClick={() => void cancelVideo(video)}>
          <Icon name="stop" /> Cancel
        </button>
      )}
      {ended && video.source && <Retry video={video} />}
      <button type="button" class="button" onClick={() => void deleteVideo(video)}>
        <Icon name="trash" /> Delete
      </button>
    </div>
  );
}

/** Once more, as it was or otherwise. */
function Retry({ video }: { video: VideoRecord }) {
  const profile = useSignal<ProfileName>(video.profile);
  const hdr = useSignal<HdrChoice>(video.hdr);
  const isHdr = video.analysis?.findings.some(({ subject }) => subject === 'dynamic_range');
  return (
    <span class="retry">
      <select
        aria-label="Profile for another attempt"
        value={profile.value}
        onChange={({ currentTarget }) => {
          profile.value = PROFILE_ORDER.find((name) => name === currentTarget.value) ?? video.profile;
        }}
      >
        {PROFILE_ORDER.map((name) => (
          <option key={name} value={name}>
            {PROFILES[name].name}
          </option>
        ))}
      </select>
      {isHdr && (
        <label class="button">
          <input
            type="checkbox"
            checked={hdr.value === 'keep'}
            onChange={({ currentTarget }) => {
              hdr.value = currentTarget.checked ? 'keep' : 'sdr';
            }}
          />
          Keep HDR
        </label>
      )}
      <button
        type="button"
        class="button"
        onClick={() => void retryVideo(video, { profile: profile.value, hdr: hdr.value })}
      >
        <Icon name="retry" /> {video.status === 'completed' ? 'Do again' : 'Retry'}
      </button>
    </span>
  );
}
