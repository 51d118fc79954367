import type { Look } from '../look.ts';

/**
 * So much in even colours, and all the picture is: plain colours, titles, slides and screens measure 0.83 to 1. Of
 * filmed ones, at most a quarter is, of a rendered globe before plain black two thirds.
 */
const EVEN = 0.75;
/**
 * Edges from one pixel to the next, which no lens makes: letters and pixel art measure 1.64 to 2.2, good lenses 0.8 to
 * 1.2, and a rendered film 1.5.
 */
const STEP = 1.6;
const SURE = 0.5;

/**
 * Titles, slides, screens, cartoons, pixel art: nothing happened to their light, their edges and their colours on the way
 * from a lens to the file. They are as somebody wanted them.
 */
export function isDrawn({ even, sharpness }: Pick<Look, 'even' | 'sharpness'>): boolean {
  return even >= EVEN || (sharpness.value >= STEP && sharpness.confidence >= SURE);
}

/** So few edges that all there is may be a plain colour, or shading: the fewest of any filmed clip measured 0.2. */
const EDGES = 0.05;

/** Why the light and the colours of a scene are nothing to go by, for people; undefined where they are something. */
export function nothingToGoBy(look: Pick<Look, 'even' | 'sharpness'>): string | undefined {
  if (isDrawn(look)) return 'It seems drawn, not filmed, and meant so';
  if (look.sharpness.confidence < EDGES) return 'There is hardly an edge in it to judge by';
  return undefined;
}
