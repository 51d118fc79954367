/** The part of a media element that is needed to keep it in step. */
export type Steppable = Pick<
  HTMLVideoElement,
  | 'currentTime'
  | 'duration'
  | 'playbackRate'
  | 'paused'
  | 'ended'
  | 'seeking'
  | 'readyState'
  | 'play'
  | 'pause'
  | 'addEventListener'
>;

/** Further apart than this (seconds), catching up would take too long to be called in step. */
const JUMP = 0.25;
/** Closer than half a picture at 30 a second, nobody sees it. */
const CLOSE = 0.016;
/** How much faster or slower catching up may be: more can be seen. */
const HASTE = 0.1;

/** What brings a follower that is `drift` seconds ahead back into step: a jump, or another speed. */
export function correction(drift: number, rate: number): 'jump' | number {
  if (Math.abs(drift) > JUMP) return 'jump';
  if (Math.abs(drift) < CLOSE) return rate;
  return rate * (1 - Math.max(-HASTE, Math.min(HASTE, drift * 2)));
}

const HAVE_FUTURE_DATA = 3;
const LOOK_MS = 100;

/**
 * Keeps the follower where the leader is, until `signal`: it plays, pauses and jumps along, and catches up by its speed
 * where they drifted apart. While it has nothing to show, the leader waits for it.
 */
export function keepInStep(leader: Steppable, follower: Steppable, signal: AbortSignal): void {
  let waiting = false;

  const align = () => {
    if (Math.abs(follower.currentTime - leader.currentTime) > 0.001) follower.currentTime = leader.currentTime;
  };
  const start = () => {
    follower.playbackRate = leader.playbackRate;
    // Refused where the browser wants a gesture for it; the next look tries again.
    follower.play().catch(() => {});
  };
  const look = () => {
    if (follower.seeking || leader.seeking) return;
    // The shorter of the two rests on its last picture: played again, it would begin anew.
    if (!leader.paused && (follower.ended || leader.currentTime >= follower.duration)) return;
    if (leader.paused && !waiting) {
      if (!follower.paused) follower.pause();
      return align();
    }
    if (follower.readyState < HAVE_FUTURE_DATA) {
      if (leader.paused) return;
      waiting = true;
      return leader.pause();
    }
    if (waiting) {
      waiting = false;
      leader.play().catch(() => {});
    }
    if (follower.paused) start();
    const move = correction(follower.currentTime - leader.currentTime, leader.playbackRate);
    if (move === 'jump') align();
    else follower.playbackRate = move;
  };

  const on = (event: keyof HTMLMediaElementEventMap, act: () => void) =>
    leader.addEventListener(event, act, { signal });
  on('play', start);
  on('pause', () => {
    if (waiting) return;
    follower.pause();
    align();
  });
  on('seeking', align);
  on('seeked', align);
  on('ended', () => follower.pause());
  const timer = setInterval(look, LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  follower.addEventListener('loadedmetadata', align, { signal });
}
