/** First in, first out; and back to the front. */
export interface Lane<T> {
  length(): number;
  push(item: T): void;
  unshift(item: T): void;
  shift(): T | undefined;
}

/** So much may have left before what is behind it moves up. */
const SLACK = 1024;

export function newLane<T>(): Lane<T> {
  let items: T[] = [];
  let head = 0;
  return {
    length: () => items.length - head,
    push: (item) => {
      items.push(item);
    },
    unshift: (item) => {
      if (head > 0) items[--head] = item;
      else items.unshift(item);
    },
    shift: () => {
      if (head === items.length) return undefined;
      const item = items[head++];
      if (head > SLACK && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}
