import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** What a media element does, as signals. */
export function usePlayback(element: { current: HTMLVideoElement | null }) {
  const playing = useSignal(false);
  const time = useSignal(0);
  const duration = useSignal(0);
  const buffered = useSignal(0);
  const muted = useSignal(false);
  const failed = useSignal(false);

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const stop = new AbortController();
    const on = (events: (keyof HTMLMediaElementEventMap)[], act: () => void) => {
      for (const event of events) video.addEventListener(event, act, { signal: stop.signal });
    };
    on(['play', 'pause', 'ended'], () => {
      playing.value = !video.paused && !video.ended;
    });
    on(['timeupdate', 'seeking', 'seeked'], () => {
      time.value = video.currentTime;
    });
    on(['loadedmetadata', 'durationchange'], () => {
      duration.value = Number.isFinite(video.duration) ? video.duration : 0;
    });
    on(['progress', 'timeupdate'], () => {
      const { buffered: ranges, currentTime } = video;
      for (let at = 0; at < ranges.length; at++) {
        if (ranges.start(at) <= currentTime && currentTime <= ranges.end(at)) buffered.value = ranges.end(at);
      }
    });
    on(['volumechange'], () => {
      muted.value = video.muted || video.volume === 0;
    });
    on(['error'], () => {
      failed.value = true;
    });
    if (video.readyState > 0) duration.value = video.duration;
    return () => stop.abort();
  }, [element, playing, time, duration, buffered, muted, failed]);

  return { playing, time, duration, buffered, muted, failed };
}

export type Playback = ReturnType<typeof usePlayback>;
