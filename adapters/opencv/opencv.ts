import cv from '@techstark/opencv-js';

export type OpenCv = typeof cv;
export type Mat = InstanceType<OpenCv['Mat']>;

/**
 * OpenCV, once its WASM is ready. In an object of its own: the module has a `then` that answers itself, so a promise of
 * the bare module would never be fulfilled.
 */
export function loadOpenCv(): Promise<{ cv: OpenCv }> {
  return new Promise((resolve) => {
    cv.onRuntimeInitialized = () => resolve({ cv });
  });
}

/** Remembers what lives in WASM's memory, which no garbage collector sees, and deletes it when `use` is through. */
export function withMemory<T>(use: (keep: Keep) => T): T {
  const kept: { delete(): void }[] = [];
  try {
    return use((thing) => {
      kept.push(thing);
      return thing;
    });
  } finally {
    for (const thing of kept) thing.delete();
  }
}

export type Keep = <M extends { delete(): void }>(thing: M) => M;

/** A part of a picture in memory of its own, row by row without gaps. (`clone` copies no more than the handle.) */
export function compact(cv: OpenCv, part: Mat): Mat {
  const copy = new cv.Mat();
  part.copyTo(copy);
  return copy;
}

/** `cv::ReduceTypes`, which the package's types leave out. */
export const REDUCE = { average: 1 };

/** What OpenCV throws is the address of a C++ exception. */
export function messageOf(cv: OpenCv, thrown: unknown): string {
  if (typeof thrown === 'number') return cv.exceptionFromPtr(thrown).msg;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
