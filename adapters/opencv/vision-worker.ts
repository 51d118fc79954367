import { parentPort } from 'node:worker_threads';
import type { FrameMeasures } from '../../core/measures.ts';
import type { SampledFrame } from '../../core/ports/vision.ts';
import { measureFrame } from './measure-frame.ts';
import { loadOpenCv, messageOf } from './opencv.ts';

export interface Question {
  id: number;
  frame: SampledFrame;
}

export type Answer = { id: number; measures: FrameMeasures } | { id: number; failed: string };

/*
 * The thread that OpenCV lives in. Frames come in one after the other, and so do answers go out; what comes before
 * OpenCV is ready waits in the port. No `await` out here: the container's bundle of this file is CommonJS, which is what
 * OpenCV's loader is made for.
 */
loadOpenCv().then(({ cv }) => {
  parentPort?.on('message', ({ id, frame }: Question) => {
    let answer: Answer;
    try {
      answer = { id, measures: measureFrame(cv, frame) };
    } catch (thrown) {
      answer = { id, failed: messageOf(cv, thrown) };
    }
    parentPort?.postMessage(answer);
  });
});
