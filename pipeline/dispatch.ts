import { fileIdOfSource } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import { Refusal } from '../core/refusal.ts';
import { spanned } from '../core/span.ts';
import { childTrace } from '../core/trace.ts';
import { awaitsDispatch, markDispatched, receiveSource, type Video } from '../core/video.ts';

/**
 * S3 says that a source has arrived: the record learns of it, and the task goes to the workers. S3 says so at least
 * once, in any order, sometimes late; and this step may die between any two lines. So each line asks the record what is
 * still to be done: the state is written before the task is published, and the caller acknowledges after both.
 */
export async function dispatch(
  { videos, uploads, tasks, now, log }: Pick<Ports, 'videos' | 'uploads' | 'tasks' | 'now' | 'log'>,
  key: string,
): Promise<void> {
  const fileId = fileIdOfSource(key);
  if (!fileId) return log.warn('an object that is no source was ignored');
  const source = await uploads.head(key);
  if (!source) return log.warn('the source is gone again', { file_id: fileId });

  const received = await videos.change(fileId, (video) =>
    receiveSource(video, { key, size: source.size, etag: source.etag, checksum: source.checksum }, now()),
  );
  if (received instanceof Refusal && received.reason === 'gone') {
    // Deleted before its bytes came, or sent with a URL that outlived its video.
    await uploads.remove(key);
    return log.warn('a source without a record was removed', { file_id: fileId });
  }
  const video = received instanceof Refusal ? await videos.get(fileId) : received;
  if (video && awaitsDispatch(video)) await hand(video);

  async function hand({ file_id, attempt, trace: parent }: Video): Promise<void> {
    const trace = childTrace(parent);
    const publish = async () => {
      await tasks.publish({ v: 1, type: 'video.uploaded', file_id, attempt, trace });
      await videos.change(file_id, (current) => markDispatched(current, now()));
    };
    await spanned(log, now, { name: 'dispatch', trace, parent }, publish, { file_id });
    log.info('dispatched', { file_id, attempt, trace });
  }
}
