import { useSignal } from '@preact/signals';
import type { ComponentProps } from 'preact';
import { useEffect } from 'preact/hooks';
import { client } from '../api.ts';
import { signIn } from './settings.ts';

/** Asked again so long before it is over. */
const EARLY_MS = 60_000;
const AGAIN_MS = 10_000;
/** Posters that are got at once. A browser keeps some 180 cookies of a site, and each video takes eleven. */
const AT_ONCE = 4;
const PATIENCE_MS = 5_000;

/** Whether this browser may have the files of a video; seen to for as long as they are shown. */
export function useFiles(fileId: string): boolean {
  const allowed = useSignal(!signIn);
  useEffect(() => {
    if (!signIn) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const until = await client.allowPlayback(fileId, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return;
      if (until) allowed.value = true;
      timer = setTimeout(() => void ask(), until ? Math.max(AGAIN_MS, until - Date.now() - EARLY_MS) : AGAIN_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [fileId, allowed]);
  return allowed.value;
}

let busy = 0;
const waiting: (() => void)[] = [];

/** Lets the browser have one picture of a video at a time of few: `loaded` is to be called when it has it. */
export function usePicture(fileId: string, wanted: boolean): { allowed: boolean; loaded: () => void } {
  const allowed = useSignal(!signIn);
  const done = useSignal(() => {});
  useEffect(() => {
    if (!signIn || !wanted) return;
    let mine = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = () => {
      clearTimeout(timer);
      const at = waiting.indexOf(begin);
      if (at >= 0) waiting.splice(at, 1);
      if (!mine) return;
      mine = false;
      busy -= 1;
      waiting.shift()?.();
    };
    const begin = () => {
      mine = true;
      busy += 1;
      timer = setTimeout(leave, PATIENCE_MS);
      client.allowPlayback(fileId).then(() => {
        allowed.value = true;
      }, leave);
    };
    done.value = leave;
    if (busy < AT_ONCE) begin();
    else waiting.push(begin);
    return leave;
  }, [fileId, wanted, allowed, done]);
  return { allowed: allowed.value, loaded: done.value };
}

/** A link to a file of a video. Where people sign in, it is followed once the browser may have it. */
export function FileLink({ fileId, href, ...props }: { fileId: string; href: string } & ComponentProps<'a'>) {
  const allowed = useSignal(!signIn);
  return (
    <a
      href={href}
      {...props}
      onClick={(event) => {
        const link = event.currentTarget;
        if (allowed.value) {
          allowed.value = !signIn;
          return;
        }
        event.preventDefault();
        void client.allowPlayback(fileId).then(() => {
          allowed.value = true;
          link.click();
        });
      }}
    />
  );
}
