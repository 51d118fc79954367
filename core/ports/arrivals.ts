/** Where it is said that a source is there. S3 says so by itself when one arrives; this says it again. */
export interface Arrivals {
  /** Has the record of this source looked at, and what it still waits for done. Saying it too often does no harm. */
  announce(sourceKey: string): Promise<void>;
}
