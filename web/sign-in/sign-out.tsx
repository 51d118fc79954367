import { confirmed } from '../ui/confirm.tsx';
import { forgetUploads, unsent } from '../upload/queue.ts';
import type { Session } from './session.ts';

export function SignOut({ me }: { me: Session }) {
  return (
    <button type="button" class="quiet-link" title={me.name} onClick={() => void signOut(me)}>
      Sign out
    </button>
  );
}

/** Whoever sits here next is somebody else: nothing that was chosen is left for them to find, or to send. */
async function signOut(me: Session): Promise<void> {
  const count = unsent.value;
  if (count > 0) {
    const what = count === 1 ? 'One video is' : `${count} videos are`;
    const detail = `${what} still on the way. The sending stops, and this browser forgets the files.`;
    if (!(await confirmed('Sign out now?', detail, 'Sign out', 'Stay'))) return;
  }
  await forgetUploads();
  await me.signOut();
}
