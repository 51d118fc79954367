import { RequestError } from '../../../core/errors.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { isInFlight } from '../../../core/video.ts';
import { cancelWork } from '../../../pipeline/cancel.ts';
import { deleteVideo } from '../../../pipeline/delete-video.ts';
import { retry } from '../../../pipeline/retry.ts';
import type { Happening } from '../history.ts';
import type { Random } from '../random.ts';
import type { Turns } from './turns.ts';

const FATES = ['wait', 'wait', 'wait', 'wait', 'cancel', 'delete', 'retry'] as const;
/** Whoever changes their mind does so by then. */
const WHIM_MS = 20_000;
const LOOK_MS = 1_000;

/** What the sender of a video does about it, at a moment that is drawn by chance. */
export function follow(
  ports: Ports,
  fileId: string,
  { random, life, happened }: { random: Random; life: Pick<Turns, 'after'>; happened: (happening: Happening) => void },
): void {
  const fate = random.pick(FATES);
  if (fate === 'cancel' || fate === 'delete') life.after(random.int(0, WHIM_MS), () => end(fate === 'delete'));
  if (fate === 'retry') life.after(LOOK_MS, tryAgain);

  async function end(isDeleted: boolean): Promise<void> {
    happened({ kind: 'cancelled', file_id: fileId });
    if (!isDeleted) return void (await cancelWork(ports, fileId).catch(unlessRefused));
    await deleteVideo(ports, fileId);
    happened({ kind: 'deleted', file_id: fileId });
  }

  /** Once it has come to its end. */
  async function tryAgain(): Promise<void> {
    const video = await ports.videos.get(fileId);
    if (video && isInFlight(video)) return life.after(LOOK_MS, tryAgain);
    if (!video) return;
    happened({ kind: 'retried', file_id: fileId, attempt: video.attempt + 1, seq: video.seq + 1 });
    await retry(ports, fileId);
  }
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}
