import type { VideoStore } from '../../../core/ports/index.ts';
import { countOf } from '../counts.ts';
import type { Happening } from '../history.ts';
import { pauseOr } from '../kinds/waiting.ts';

const LOOK_MS = 500;

/** Looks again and again, until the signal, whether the pieces of what is in flight are counted right. */
export async function keepCounting(
  videos: VideoStore,
  inFlight: () => string[],
  happened: (happening: Happening) => void,
  until: AbortSignal,
): Promise<void> {
  for (; !until.aborted; await pauseOr(LOOK_MS, until)) {
    await Promise.all(inFlight().map((fileId) => look(fileId).catch(() => {})));
  }

  async function look(fileId: string): Promise<void> {
    const video = await videos.get(fileId);
    if (!video?.work) return;
    const pieces = await videos.pieces(fileId);
    // Only what was both so at one moment: a piece is counted by a write of the record.
    const count = (await videos.get(fileId))?.seq === video.seq && countOf(video, pieces);
    if (count) happened({ kind: 'counted', file_id: fileId, ...count });
  }
}
