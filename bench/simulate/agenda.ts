/** Simulated time, in seconds: what is due, in the order of when, and of who asked first. */
export interface Agenda {
  now(): number;
  /** Answers a way to call it off. */
  after(seconds: number, act: () => void): () => void;
  /** Lets time pass until nothing is due any more, or until then. */
  run(until?: number): void;
}

interface Entry {
  at: number;
  order: number;
  act: (() => void) | undefined;
}

export function newAgenda(): Agenda {
  const heap: Entry[] = [];
  let [time, asked] = [0, 0];

  return {
    now: () => time,
    after(seconds, act) {
      const entry: Entry = { at: time + Math.max(0, seconds), order: asked++, act };
      push(heap, entry);
      return () => {
        entry.act = undefined;
      };
    },
    run(until = Number.POSITIVE_INFINITY) {
      for (let next = heap[0]; next && next.at <= until; next = heap[0]) {
        pop(heap);
        if (!next.act) continue;
        time = next.at;
        next.act();
      }
      if (Number.isFinite(until)) time = Math.max(time, until);
    },
  };
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  for (let above = (at - 1) >> 1; at > 0; above = (at - 1) >> 1) {
    const parent = heap[above];
    if (!parent || isBefore(parent, entry)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (!left) break;
    const [least, below] = right && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
    if (!isBefore(least, last)) break;
    heap[at] = least;
    at = below;
  }
  heap[at] = last;
}
