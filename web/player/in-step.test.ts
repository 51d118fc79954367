import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { correction, keepInStep, type Steppable } from './in-step.ts';

it('leaves alone what nobody sees', () => expect(correction(0.01, 1.5)).toBe(1.5));

it('slows down what is ahead and hurries what is behind, gently', () => {
  expect(correction(0.04, 1)).toBeCloseTo(0.92);
  expect(correction(-0.04, 1)).toBeCloseTo(1.08);
  expect(correction(0.24, 2)).toBeCloseTo(1.8);
});

it('jumps where catching up would take long', () => {
  expect(correction(0.3, 1)).toBe('jump');
  expect(correction(-2, 1)).toBe('jump');
});

/** As much of a media element as is looked at. */
class Tape extends EventTarget {
  currentTime = 0;
  duration = 10;
  playbackRate = 1;
  paused = true;
  ended = false;
  seeking = false;
  readyState = 4;
  play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event('play'));
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
}

let leader: Tape;
let follower: Tape;
let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  [leader, follower, stop] = [new Tape(), new Tape(), new AbortController()];
  keepInStep(leader as unknown as Steppable, follower as unknown as Steppable, stop.signal);
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
});
const look = () => vi.advanceTimersByTime(100);

it('plays and pauses along, and stands at the same picture then', () => {
  leader.playbackRate = 2;
  void leader.play();
  expect(follower).toMatchObject({ paused: false, playbackRate: 2 });
  leader.currentTime = 3;
  follower.currentTime = 2.9;
  look();
  expect(follower.playbackRate).toBeGreaterThan(2);
  leader.pause();
  expect(follower).toMatchObject({ paused: true, currentTime: 3 });
});

it('waits for a follower that has nothing to show, and goes on with it', () => {
  void leader.play();
  follower.readyState = 2;
  look();
  expect(leader.paused).toBe(true);
  follower.readyState = 4;
  look();
  expect([leader.paused, follower.paused]).toEqual([false, false]);
});

it('does not wait for one that is at its end, nor begin it anew', () => {
  void leader.play();
  Object.assign(follower, { paused: true, ended: true, readyState: 2, currentTime: 10 });
  leader.currentTime = 10.1;
  look();
  expect(leader.paused).toBe(false);
  expect(follower.paused).toBe(true);
});

it('lets go when it is told to', () => {
  stop.abort();
  void leader.play();
  look();
  expect(follower.paused).toBe(true);
});
