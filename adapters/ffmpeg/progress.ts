/** What FFmpeg's `-progress` says, as a reader of its output sees it so far. */
export interface Progress {
  /** Frames handed to the encoder's output. */
  frames: number;
  /** Seconds of output. */
  seconds: number;
}

/** Takes FFmpeg's `-progress` output in chunks of any size; calls back once for every complete report. */
export function progressReader(onReport: (progress: Progress) => void): (chunk: Buffer) => void {
  const progress: Progress = { frames: 0, seconds: 0 };
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [key = '', value = ''] = line.trim().split('=');
      const number = Number(value);
      if (key === 'frame' && number >= 0) progress.frames = number;
      // "N/A" before the first frame; negative while there is only sound from before the start.
      if (key === 'out_time_us' && number >= 0) progress.seconds = number / 1e6;
      if (key === 'progress') onReport({ ...progress });
    }
  };
}

/**
 * Percent from what is known: the time encoded, or how far the file was read where it does not say how long it is. It
 * never goes down, and stays below 100, which is for the finished file.
 */
export function percentMeter(duration: number, onPercent: (percent: number) => void) {
  let highest = 0;
  return (seconds: number, reached: number) => {
    const share = duration > 0 ? seconds / duration : reached;
    highest = Math.max(highest, Math.min(99, share * 100));
    onPercent(highest);
  };
}
