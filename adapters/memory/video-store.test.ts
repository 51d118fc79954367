import { describe } from 'vitest';
import { videoStoreConformance } from '../../test/conformance/video-store.ts';
import { memoryVideoStore } from './video-store.ts';

describe('videos in memory', () => videoStoreConformance((now) => memoryVideoStore(now)));
