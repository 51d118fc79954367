/** Keeps whoever scales workers in from ending one that is at work. */
export interface Protection {
  /** Protected until the work ends, in whatever way. Work goes on where protection cannot be had. */
  during<T>(work: () => Promise<T>): Promise<T>;
}
