import type { History, Violation } from '../history.ts';
import { counting } from './counting.ts';
import { ends } from './ends.ts';
import { leftovers } from './leftovers.ts';
import { pictures } from './pictures.ts';
import { progress } from './progress.ts';
import { telling } from './telling.ts';

const RULES = [ends, progress, counting, pictures, telling, leftovers];

/** Every promise that this history breaks; none when all is well. */
export function check(history: History): Violation[] {
  return RULES.flatMap((rule) => rule(history));
}
