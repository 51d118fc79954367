/** Adds up what several parts have sent, to a number that never goes down although a part may start again. */
export function meter(total: number, report?: (sent: number, total: number) => void) {
  const sentByPart = new Map<number, number>();
  let reported = 0;

  const announce = (sent: number) => {
    if (sent <= reported) return;
    reported = sent;
    report?.(sent, total);
  };

  return {
    /** `sent` bytes of this part, from its beginning. */
    part(number: number, sent: number): void {
      this.parts([[number, sent]]);
    },
    /** The same of several parts, told as one step. */
    parts(sent: Iterable<[number: number, sent: number]>): void {
      for (const [number, bytes] of sent) sentByPart.set(number, bytes);
      let sum = 0;
      for (const bytes of sentByPart.values()) sum += bytes;
      announce(Math.min(sum, total));
    },
    finish(): void {
      announce(total);
    },
  };
}

export type Meter = ReturnType<typeof meter>;
