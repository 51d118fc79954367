import type { Fault, Scene } from '../fault.ts';
import type { Clerk, Letter } from '../rig/post-office.ts';
import { pauseOr, untilDone } from './waiting.ts';

/** A letter for which another is held back does not wait for ever. */
const PAIR_MS = 40_000;
const LONG_AGO_MS = 10 * 60_000;

/** What happens to S3's word that a source has arrived. */
export function eventFaults(lateMs: number): Fault[] {
  return [
    forOneLetter('S3 event doubled', ({ fired }) => async (letter, deliver) => {
      await Promise.all([deliver(letter), deliver(letter)]);
      fired(letter.fileId);
    }),
    forOneLetter(`S3 event ${lateMs / 1_000} s late`, ({ fired, signal }) => async (letter, deliver) => {
      await pauseOr(lateMs, signal);
      await deliver(letter);
      fired(letter.fileId);
    }),
    forOneLetter('S3 event absent', (scene) => async ({ fileId }) => {
      scene.fired(fileId);
      await sweptUp(scene, fileId);
    }),
    reversed,
  ];
}

/** The next letter goes to this clerk. Over once it has done what it does. */
function forOneLetter(name: string, clerk: (scene: Scene) => Clerk): Fault {
  return {
    name,
    strike: (scene) =>
      untilDone(scene.signal, (done) => {
        let isTaken = false;
        return scene.rig.post.employ(() => {
          if (isTaken) return undefined;
          isTaken = true;
          return (letter, deliver) => clerk(scene)(letter, deliver).finally(done);
        });
      }),
  };
}

/** Of two that come one after the other, the second is delivered first. */
const reversed: Fault = {
  name: 'S3 events reversed',
  strike: ({ rig, signal, fired }) =>
    untilDone(signal, (done) => {
      const second = Promise.withResolvers<Letter | undefined>();
      let count = 0;
      return rig.post.employ(() => {
        count += 1;
        if (count > 2) return undefined;
        if (count === 2) {
          return async (letter, deliver) => {
            await deliver(letter);
            second.resolve(letter);
          };
        }
        return async (letter, deliver) => {
          const late = setTimeout(() => second.resolve(undefined), PAIR_MS);
          signal.addEventListener('abort', () => second.resolve(undefined), { once: true });
          const before = await second.promise;
          clearTimeout(late);
          await deliver(letter);
          if (before) fired(`${before.fileId} before ${letter.fileId}`);
          done();
        };
      });
    }),
};

/** The sweeper finds it once it has waited for long; here it is made to look as if it had. */
async function sweptUp({ rig, signal }: Scene, fileId: string): Promise<void> {
  const longAgo = new Date(Date.now() - LONG_AGO_MS).toISOString();
  for (;;) {
    try {
      await rig.videos.change(fileId, (video) => (video.source ? video : { ...video, updated_at: longAgo }));
      await rig.sweep();
      const video = await rig.videos.get(fileId);
      if (!video || video.source) return;
    } catch {
      // The sweeper has its own troubles now; it comes again.
    }
    // Nothing else will heal it, so it is waited for even when all is over.
    await pauseOr(signal.aborted ? 500 : 1_000, AbortSignal.timeout(5_000));
  }
}
