import type { ProcessRecord, VideoRecord } from '../../client/index.ts';
import { LIBRARY } from '../route.ts';
import { isUnderWay } from '../standing.ts';
import { Progress } from '../ui/progress.tsx';
import { SendAgain } from '../upload/send-again.tsx';
import { span } from '../words.ts';
import { wayOn } from './way-on.ts';

/** Both things that happen to a video, as they happen. */
export function Processes({ video }: { video: VideoRecord }) {
  const { video_enhancement, metadata_extraction } = video.processes;
  const waiting = video.upload.status !== 'complete';
  // What is wrong with a file is mostly wrong for both.
  const errors = new Map<string, string | null>();
  for (const { error, error_code } of [video_enhancement, metadata_extraction]) {
    if (error !== null) errors.set(error, error_code);
  }
  return (
    <section class="processes" aria-label="Progress">
      <OneProcess title="Making it look better" process={video_enhancement} waiting={waiting} />
      <OneProcess title="Reading what can be known" process={metadata_extraction} waiting={waiting} />
      {isUnderWay(video) && (
        <p class="muted small">You can leave this page: the work goes on, and the video will be in your library.</p>
      )}
      {[...errors].map(([error, code]) => (
        <p key={error} class="trouble-text" role="alert">
          {error} <WayOn code={code} />
        </p>
      ))}
      <SendAgain video={video} />
    </section>
  );
}

function WayOn({ code }: { code: string | null }) {
  // News bring the error first, the record its code.
  if (code === null) return null;
  const way = wayOn(code);
  if (way === 'send') return null;
  const another = <a href={LIBRARY}>{way === 'another file' ? 'Choose another file' : 'choose another file'}</a>;
  if (way === 'another file') return <>{another}.</>;
  return (
    <>
      Try it again{way === 'another profile' && ' with another profile'}, or {another}.
    </>
  );
}

const TONES = {
  pending: 'still',
  processing: 'running',
  completed: 'done',
  failed: 'trouble',
  cancelled: 'still',
} as const satisfies Record<ProcessRecord['status'], string>;

function OneProcess({ title, process, waiting }: { title: string; process: ProcessRecord; waiting: boolean }) {
  const { status, progress } = process;
  return (
    <div class="process" data-status={status}>
      <p class="process-words">
        <strong>{title}</strong>
        <span class="muted">{wordsFor(process, waiting)}</span>
      </p>
      <Progress value={status === 'completed' ? 100 : progress} label={title} tone={TONES[status]} />
    </div>
  );
}

function wordsFor(process: ProcessRecord, waiting: boolean): string {
  const { status, progress } = process;
  if (status === 'completed') return 'Done';
  if (status === 'failed') return 'Failed';
  if (status === 'cancelled') return 'Cancelled';
  if (status === 'pending')
    return waiting ? 'Waits for the file' : process.failures > 0 ? 'Being tried again' : 'In line';
  if (progress < 1) return 'Has begun';
  const left = secondsLeft(process);
  return `${Math.floor(progress)} %${left === undefined ? '' : `, about ${span(left)} left`}`;
}

/** By how long it took to come this far. Undefined while that would be guessing. */
function secondsLeft({ started_at, progress }: ProcessRecord, now = Date.now()): number | undefined {
  if (!started_at || progress < 10) return undefined;
  const taken = (now - Date.parse(started_at)) / 1000;
  const left = (taken * (100 - progress)) / progress;
  return taken > 3 && left >= 1 ? Math.round(left) : undefined;
}
