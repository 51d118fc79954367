import type { FrameMeasures } from '../../core/measures.ts';
import type { SampledFrame } from '../../core/ports/vision.ts';
import { barsOf, insideOf } from './bars.ts';
import { blockinessOf } from './blockiness.ts';
import { levelsOf, shrink } from './levels.ts';
import { noiseOf } from './noise.ts';
import { type Mat, type OpenCv, withMemory } from './opencv.ts';
import { sharpnessOf } from './sharpness.ts';
import { tilesOf } from './tiles.ts';
import { tintsOf } from './tints.ts';

/** Everything there is to measure of a frame. Bars are left out of all the rest. */
export function measureFrame(cv: OpenCv, { time, width, height, bgr }: SampledFrame): FrameMeasures {
  if (bgr.length !== width * height * 3) throw new Error(`${bgr.length} bytes for ${width}×${height} pixels`);
  return withMemory((keep) => {
    const whole = keep(new cv.Mat(height, width, cv.CV_8UC3));
    whole.data.set(bgr);
    const wholeLuma = keep(new cv.Mat());
    cv.cvtColor(whole, wholeLuma, cv.COLOR_BGR2GRAY);
    const bars = barsOf(wholeLuma);
    const inside = insideOf(bars, width, height);
    const picture = keep(whole.roi(inside));
    const small = keep(shrink(cv, picture));
    const luma = keep(wholeLuma.roi(inside));
    const tiles: Mat[] = tilesOf(inside.width, inside.height).map((tile) => keep(luma.roi(tile)));
    const noise = noiseOf(cv, tiles);
    return {
      time,
      ...levelsOf(cv, small),
      tints: tintsOf(cv, small),
      noise,
      sharpness: sharpnessOf(cv, tiles, noise.fine),
      blockiness: blockinessOf(cv, tiles),
      bars,
    };
  });
}
