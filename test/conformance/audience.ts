import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Audience } from '../../core/ports/audience.ts';

/** An audience with one listener, and what the tests need beside it. */
export interface AudienceRig {
  audience: Audience;
  /** The connection's name, as the audience knows it. */
  connectionId: string;
  /** What the listener has heard, as soon as there are this many; parsed. */
  heard(count: number): Promise<unknown[]>;
  /** The listener goes away. Resolves when the other end knows. */
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

/** What every audience must do. */
export function audienceConformance(open: () => Promise<AudienceRig>): void {
  let rig: AudienceRig;
  beforeEach(async () => {
    rig = await open();
  });
  afterEach(() => rig.close());

  const timestamp = '2026-01-01T00:00:00.000Z';
  const file_id = '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';

  describe('audience', () => {
    it('hears notices and replies as they are, in their order', async () => {
      const messages = [
        { type: 'connection', timestamp, status: 'connected', client_id: 'a' },
        {
          type: 'status_update',
          timestamp,
          file_id,
          seq: 3,
          process_type: 'video_enhancement',
          status: 'processing',
          progress: 12.5,
          error: null,
        },
        { type: 'message', timestamp, content: 'Received: Ünïcode 🎬 "quoted"' },
      ] as const;
      for (const message of messages) expect(await rig.audience.tell(rig.connectionId, message)).toBe('told');
      expect(await rig.heard(3)).toEqual(messages);
    });

    it('is told of no connection that was closed', async () => {
      await rig.hangUp();
      expect(await rig.audience.tell(rig.connectionId, { type: 'pong', timestamp })).toBe('gone');
    });

    it('is told of no connection that never was', async () => {
      expect(await rig.audience.tell('L0SM9cOFvHcCIhw=', { type: 'pong', timestamp })).toBe('gone');
    });
  });
}
