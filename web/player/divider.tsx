import type { Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/** What an arrow key moves, and Page Up and Down. In percent of the picture. */
const STEP = 2;
const LEAP = 10;

/** Between before and after: dragged, or moved by keys as any slider is. */
export function Divider({ at }: { at: Signal<number> }) {
  const held = useRef(false);
  const set = (value: number) => {
    at.value = Math.max(0, Math.min(100, value));
  };
  const follow = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    if (frame) set((100 * (event.clientX - frame.left)) / frame.width);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => set(at.value - STEP),
    ArrowDown: () => set(at.value - STEP),
    ArrowRight: () => set(at.value + STEP),
    ArrowUp: () => set(at.value + STEP),
    PageDown: () => set(at.value - LEAP),
    PageUp: () => set(at.value + LEAP),
    Home: () => set(0),
    End: () => set(100),
  };
  const percent = Math.round(at.value);
  return (
    <div
      class="divider"
      role="slider"
      tabIndex={0}
      aria-label="Before and after"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`Original on the left ${percent} %, enhanced on the rest`}
      style={{ insetInlineStart: `${at.value}%` }}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      }}
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (held.current) follow(event);
      }}
      onPointerUp={() => {
        held.current = false;
      }}
      onPointerCancel={() => {
        held.current = false;
      }}
      onClick={(event) => event.stopPropagation()}
    >
      <span class="divider-grip" aria-hidden="true">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M9.5 7 4.5 12l5 5ZM14.5 7l5 5-5 5Z" fill="currentColor" />
        </svg>
      </span>
    </div>
  );
}
