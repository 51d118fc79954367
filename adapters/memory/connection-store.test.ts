import { describe } from 'vitest';
import { connectionStoreConformance } from '../../test/conformance/connection-store.ts';
import { memoryConnectionStore } from './connection-store.ts';

describe('connections in memory', () => connectionStoreConformance(memoryConnectionStore));
