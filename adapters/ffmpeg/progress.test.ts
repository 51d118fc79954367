import { expect, it } from 'vitest';
import { type Progress, percentMeter, progressReader } from './progress.ts';

const REPORT = 'frame=12\nfps=0.0\nout_time_us=480000\nout_time=00:00:00.480000\nprogress=continue\n';

it('reads reports in chunks of any size', () => {
  for (let size = 1; size <= REPORT.length; size++) {
    const seen: Progress[] = [];
    const read = progressReader((progress) => seen.push(progress));
    for (let at = 0; at < REPORT.length; at += size) read(Buffer.from(REPORT.slice(at, at + size)));
    expect(seen).toEqual([{ frames: 12, seconds: 0.48 }]);
  }
});

it('passes over what FFmpeg does not know yet', () => {
  const seen: Progress[] = [];
  const read = progressReader((progress) => seen.push(progress));
  read(Buffer.from('frame=0\nout_time_us=N/A\nprogress=continue\nframe=3\nout_time_us=-21333\nprogress=end\n'));
  expect(seen).toEqual([
    { frames: 0, seconds: 0 },
    { frames: 3, seconds: 0 },
  ]);
});

it('never goes down, and leaves 100 for the finished file', () => {
  const seen: number[] = [];
  const percent = percentMeter(10, (value) => seen.push(value));
  for (const seconds of [0, 2, 1, 5, 12]) percent(seconds, 0);
  expect(seen).toEqual([0, 20, 20, 50, 99]);
});

it('goes by how far the file was read where nobody knows how long it is', () => {
  const seen: number[] = [];
  const percent = percentMeter(0, (value) => seen.push(value));
  percent(3, 0.25);
  percent(7, 1);
  expect(seen).toEqual([25, 99]);
});
