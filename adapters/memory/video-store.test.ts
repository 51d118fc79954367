import { describe } from 'vitest';
import { useLimitsConformance } from '../../test/conformance/use-limits.ts';
import { videoStoreConformance } from '../../test/conformance/video-store.ts';
import { memoryVideoStore } from './video-store.ts';

describe('videos in memory', () => videoStoreConformance((now) => memoryVideoStore(now)));
describe('use, counted in memory', () => useLimitsConformance((now, limits) => memoryVideoStore(now, limits)));
