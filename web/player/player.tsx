import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { VideoRecord } from '../../client/index.ts';
import { versioned } from '../address.ts';
import { Icon } from '../ui/icon.tsx';
import { Controls, toggle, type View } from './controls.tsx';
import { Divider } from './divider.tsx';
import { keepInStep } from './in-step.ts';
import { usePlayback } from './playback.ts';

/** The enhanced video, streamed by range, and over it the original, both in step. */
export function Player({ video }: { video: VideoRecord }) {
  const { enhanced, source, poster } = video.outputs;
  const frame = useRef<HTMLElement>(null);
  const after = useRef<HTMLVideoElement>(null);
  const before = useRef<HTMLVideoElement>(null);
  const playback = usePlayback(after);
  const view = useSignal<View>('compare');
  const divider = useSignal(50);
  const ratio = useSignal(16 / 9);
  const comparable = useSignal(source !== undefined);
  const compares = comparable.value && source !== undefined;

  useEffect(() => {
    const [leader, follower] = [after.current, before.current];
    if (!compares || !leader || !follower) return;
    const stop = new AbortController();
    keepInStep(leader, follower, stop.signal);
    return () => stop.abort();
  }, [compares]);

  const fill = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.current?.requestFullscreen?.().catch(() => {});
  };
  const shownBefore = view.value === 'before' ? 100 : view.value === 'after' ? 0 : divider.value;

  return (
    <section
      ref={frame}
      class="player"
      aria-label="Player"
      onKeyDown={(event) => onKey(event, after.current, fill)}
      style={{ '--ratio': String(ratio.value) }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the player's, and there is a button */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a larger target for what the button does */}
      <div class="stage" onClick={() => toggle(after.current)}>
        <video
          ref={after}
          src={enhanced && versioned(enhanced)}
          preload="metadata"
          playsInline
          aria-label={`${video.filename}, enhanced`}
          {...(poster && !compares && { poster: versioned(poster) })}
          onLoadedMetadata={({ currentTarget: { videoWidth, videoHeight } }) => {
            if (videoWidth && videoHeight) ratio.value = videoWidth / videoHeight;
          }}
        />
        {compares && source && (
          <>
            <video
              ref={before}
              class="before"
              src={versioned(source)}
              preload="auto"
              playsInline
              muted
              aria-label={`${video.filename}, original`}
              style={{ clipPath: `inset(0 ${100 - shownBefore}% 0 0)` }}
              // An original that this browser cannot play leaves a plain player.
              onError={() => {
                comparable.value = false;
              }}
            />
            {view.value === 'compare' && <Divider at={divider} />}
            {shownBefore > 12 && <span class="tag tag-before">Original</span>}
            {shownBefore < 88 && <span class="tag tag-after">Enhanced</span>}
          </>
        )}
        {playback.failed.value && (
          <p class="stage-trouble" role="alert">
            <Icon name="alert" /> This browser cannot play it here. Download it instead.
          </p>
        )}
      </div>
      <Controls playback={playback} view={compares ? view : undefined} video={() => after.current} fill={fill} />
    </section>
  );
}

/** Keys that players have, unless they mean something to what has the focus. */
function onKey(event: KeyboardEvent, video: HTMLVideoElement | null, fill: () => void): void {
  const { target, key } = event;
  if (!video || event.altKey || event.ctrlKey || event.metaKey) return;
  if (target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === 'radio')) return;
  if (key === ' ' && target instanceof HTMLButtonElement) return;
  const acts: Record<string, () => void> = {
    ' ': () => toggle(video),
    k: () => toggle(video),
    m: () => {
      video.muted = !video.muted;
    },
    f: fill,
    j: () => {
      video.currentTime = Math.max(0, video.currentTime - 10);
    },
    l: () => {
      video.currentTime = Math.min(video.duration || 0, video.currentTime + 10);
    },
  };
  const act = acts[key];
  if (!act) return;
  event.preventDefault();
  act();
}
