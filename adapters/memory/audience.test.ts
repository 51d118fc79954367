import { describe } from 'vitest';
import { audienceConformance } from '../../test/conformance/audience.ts';
import { memoryAudience } from './audience.ts';

describe('audience in memory', () =>
  audienceConformance(async () => {
    const audience = memoryAudience();
    const connectionId = 'L0SM9cOFvHcCIhx=';
    audience.open(connectionId);
    return {
      audience,
      connectionId,
      heard: async () => audience.told(connectionId),
      hangUp: async () => audience.close(connectionId),
      close: async () => {},
    };
  }));
