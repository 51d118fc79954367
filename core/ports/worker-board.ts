/** Where workers say that they live, and whether they reach the broker. */
export interface WorkerBoard {
  report(worker: string, state: { broker: 'up' | 'down' }): Promise<void>;
  /** Workers heard of within the last half minute. */
  present(): Promise<{ worker: string; broker: 'up' | 'down' }[]>;
}
