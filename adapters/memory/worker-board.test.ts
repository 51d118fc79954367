import { describe } from 'vitest';
import { workerBoardConformance } from '../../test/conformance/worker-board.ts';
import { memoryWorkerBoard } from './worker-board.ts';

describe('workers in memory', () => workerBoardConformance(memoryWorkerBoard));
