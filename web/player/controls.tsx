import type { Signal } from '@preact/signals';
import { Icon } from '../ui/icon.tsx';
import { clock, spokenTime } from '../words.ts';
import type { Playback } from './playback.ts';

export type View = 'compare' | 'before' | 'after';
const VIEWS: Record<View, string> = { before: 'Original', compare: 'Compare', after: 'Enhanced' };
const RATES = [0.25, 0.5, 1, 1.5, 2];

interface ControlsProps {
  playback: Playback;
  /** Absent where there is nothing to compare with. */
  view: Signal<View> | undefined;
  video: () => HTMLVideoElement | null;
  fill: () => void;
}

export function Controls({ playback, view, video, fill }: ControlsProps) {
  const { playing, time, duration, buffered, muted } = playback;
  const seek = (to: number) => {
    const element = video();
    if (element) element.currentTime = to;
    time.value = to;
  };
  const share = (value: number) => (duration.value > 0 ? (100 * value) / duration.value : 0);
  return (
    <div class="controls">
      <button
        type="button"
        class="icon-button"
        aria-label={playing.value ? 'Pause' : 'Play'}
        onClick={() => toggle(video())}
      >
        <Icon name={playing.value ? 'pause' : 'play'} />
      </button>
      <span class="time">
        {clock(time.value)} <span class="muted">/ {clock(duration.value)}</span>
      </span>
      <input
        class="seek"
        type="range"
        aria-label="Position"
        aria-valuetext={`${spokenTime(time.value)} of ${spokenTime(duration.value)}`}
        min={0}
        max={duration.value || 1}
        step={0.01}
        value={time.value}
        style={{ '--played': `${share(time.value)}%`, '--loaded': `${share(buffered.value)}%` }}
        onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          seek(Math.max(0, Math.min(duration.value, time.value + by)));
        }}
      />
      {view && (
        <fieldset class="views">
          <legend class="visually-hidden">What is shown</legend>
          {(Object.keys(VIEWS) as View[]).map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="view"
                checked={view.value === name}
                onChange={() => {
                  view.value = name;
                }}
              />
              <span>{VIEWS[name]}</span>
            </label>
          ))}
        </fieldset>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={muted.value ? 'Sound on' : 'Mute'}
        onClick={() => {
          const element = video();
          if (element) element.muted = !element.muted;
        }}
      >
        <Icon name={muted.value ? 'muted' : 'sound'} />
      </button>
      <select
        class="rate"
        aria-label="Speed"
        onChange={({ currentTarget }) => {
          const element = video();
          if (element) element.playbackRate = Number(currentTarget.value);
        }}
      >
        {RATES.map((rate) => (
          <option key={rate} value={rate} selected={rate === 1}>
            {rate} ×
          </option>
        ))}
      </select>
      <button type="button" class="icon-button" aria-label="Full screen" onClick={fill}>
        <Icon name="full" />
      </button>
    </div>
  );
}

export function toggle(video: HTMLVideoElement | null): void {
  if (!video) return;
  // A browser that does not let it play says so by staying paused.
  if (video.paused) video.play().catch(() => {});
  else video.pause();
}
