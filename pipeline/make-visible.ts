import { ObjectConflict, TransientError } from '../core/errors.ts';
import type { ObjectInfo, Ports, WriteCondition } from '../core/ports/index.ts';
import { isUnwanted } from '../core/video.ts';
import type { Claim } from './under-claim.ts';

/**
 * Puts an output where people can fetch it, if the claim still stands: look at what is there, make sure of the claim,
 * then write over exactly what was seen. A worker that was replaced while it slept loses at one of the last two.
 *
 * Deleting a video first ends its claims and then removes what is there. So the claim is made sure of once more: if it
 * still stands, whoever deletes will find what was written; if not, it is taken back here, unless the claim was lost to
 * another worker. What that one does not come to replace, the sweeper removes.
 *
 * @throws TransientError `output_raced` when somebody else wrote in between
 */
export async function makeVisible(
  { videos, files }: Pick<Ports, 'videos' | 'files'>,
  claim: Pick<Claim, 'confirm' | 'video'>,
  key: string,
  write: (condition: WriteCondition) => Promise<ObjectInfo>,
): Promise<{ written: ObjectInfo; undo(): Promise<void> }> {
  const seen = await files.head(key);
  await claim.confirm();
  const written = await write(seen ? { etag: seen.etag } : { absent: true }).catch((cause) => {
    if (cause instanceof ObjectConflict)
      throw new TransientError('output_raced', 'Another worker wrote this output.', { cause });
    throw cause;
  });
  // Whoever took over makes the same bytes, which have the same etag: as long as anybody may want them, they stay.
  const undo = async () => {
    if (!isUnwanted(await videos.get(claim.video.file_id), key)) return;
    if ((await files.head(key))?.etag === written.etag) await files.remove(key);
  };
  try {
    await claim.confirm();
  } catch (error) {
    await undo();
    throw error;
  }
  return { written, undo };
}
