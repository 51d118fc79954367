/** Encoders say how far they are twice a second. */
const PATIENCE_MS = 1_500;
/**
 * Pictures that an encoder holds: forty that it looks ahead at, and some on their way. In the end it says nothing until
 * they are done.
 */
const AHEAD = 60;

/** Whether FFmpeg seems to wait for something to read: it has made nothing for long, and been given nothing. */
export interface Appetite {
  /** What it has made, each time that it says so. */
  made(frames: number): void;
  /** Whoever is told so gives it something. */
  isHungry(): boolean;
  /**
   * Whether it was given something and has made nothing yet: then it is still finding out where everything lies, which
   * means going through the whole file where each fragment has an index of its own.
   */
  isOpening(): boolean;
}

/** @param now in milliseconds */
export function appetite(now: () => number = () => performance.now()): Appetite {
  const began = now();
  let [frames, last, fed] = [0, began, began];
  return {
    made(count) {
      if (count <= frames) return;
      frames = count;
      last = now();
      fed = last;
    },
    isHungry() {
      const pace = frames > 0 ? (last - began) / frames : 0;
      if (now() - fed <= Math.max(PATIENCE_MS, AHEAD * pace)) return false;
      fed = now();
      return true;
    },
    isOpening: () => frames === 0 && fed > began,
  };
}
