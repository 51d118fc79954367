import type { RetryChanges, VideoRecord } from '../../client/index.ts';
import { client } from '../api.ts';
import { inWords } from '../problem.ts';
import { LIBRARY, route, videoLink } from '../route.ts';
import { confirmed } from '../ui/confirm.tsx';
import { copy } from '../ui/copy.ts';
import { notify } from '../ui/notices.tsx';
import { forget, refresh } from './store.ts';

/** Each does it, or says why it could not be done. */

export async function cancelVideo({ file_id, filename }: VideoRecord): Promise<void> {
  if (!(await attempt(() => client.cancel(file_id)))) return;
  notify(`The work on ${filename} was stopped.`);
  await refresh(file_id);
}

export async function retryVideo({ file_id, filename }: VideoRecord, changes: RetryChanges = {}): Promise<void> {
  if (!(await attempt(() => client.retry(file_id, changes)))) return;
  notify(`${filename} is in line again.`);
  await refresh(file_id);
}

export async function deleteVideo({ file_id, filename }: VideoRecord): Promise<void> {
  const detail = 'The original, the enhanced video and all that is known about them go with it. This cannot be undone.';
  if (!(await confirmed(`Delete ${filename}?`, detail, 'Delete it'))) return;
  if (!(await attempt(() => client.remove(file_id)))) return;
  if (route.value.view === 'video') location.hash = LIBRARY;
  forget(file_id);
  notify(`${filename} was deleted.`);
}

export const copyLink = ({ file_id }: VideoRecord): Promise<void> =>
  copy(new URL(videoLink(file_id), location.href).href, 'Link');

/** What the enhanced video is called when it is saved. */
export function savedName({ filename, outputs }: VideoRecord): string {
  const extension = outputs.enhanced?.content_type === 'video/x-msvideo' ? 'avi' : 'mp4';
  return `${filename.replace(/\.[^.]+$/, '')}.enhanced.${extension}`;
}

async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    notify(inWords(error), 'trouble');
    return false;
  }
}
