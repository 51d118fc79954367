import type { HdrChoice } from './hdr-choice.ts';
import { PROCESS_TYPES, type Process, type ProcessType, pendingProcess } from './process.ts';
import type { ProfileName } from './profiles/names.ts';
import { Refusal } from './refusal.ts';
import { CHUNK_SECONDS } from './timeline.ts';
import { awaitsDispatch, isInFlight, type Video } from './video.ts';

/**
 * Begins another attempt: everything that did not come to a good end is done again, and the enhancement also when it is
 * to look different, or when all is well and it was asked for nevertheless. What earlier attempts put out stays until
 * this one replaces it.
 *
 * Refused as `no_source` when the bytes never came, `in_flight` while work goes on, and `unchanged` when this very
 * attempt has just begun: then the caller need only make sure that it is dispatched.
 */
export function retryVideo(video: Video, profile: ProfileName, now: Date, hdr: HdrChoice = video.hdr): Video | Refusal {
  const differs = profile !== video.profile || hdr !== video.hdr;
  if (!video.source) return new Refusal('no_source');
  if (isInFlight(video)) {
    const justBegun = video.attempt > 1 && awaitsDispatch(video) && !differs;
    return new Refusal(justBegun ? 'unchanged' : 'in_flight');
  }
  const processes = { ...video.processes };
  for (const type of toRepeat(video, differs)) processes[type] = anew(processes[type], now);
  const begun = { attempt: video.attempt + 1, chunk_seconds: CHUNK_SECONDS, work: null };
  return { ...video, ...begun, profile, hdr, processes, updated_at: now.toISOString() };
}

function toRepeat(video: Video, differs: boolean): ProcessType[] {
  const unfinished = PROCESS_TYPES.filter((type) => video.processes[type].status !== 'completed');
  const enhancement = differs || unfinished.length === 0;
  return enhancement ? [...new Set<ProcessType>([...unfinished, 'video_enhancement'])] : unfinished;
}

/** The fence goes on counting: a worker of an earlier attempt stays locked out. So does what was spent. */
function anew({ fence, spent }: Process, now: Date): Process {
  return { ...pendingProcess(now), fence, spent };
}
