import { expect, it } from 'vitest';
import { reachOf } from './timeline-reach.ts';

it('adds up the windows of all filters', () => {
  expect(reachOf('')).toBe(0);
  expect(reachOf("scale=flags=bicubic,format=bgr24,lutrgb=r='clip(1.2*val,0,255)',unsharp")).toBe(0);
  expect(reachOf('atadenoise=0a=0.06:0b=0.12:s=5,nlmeans=s=4:p=3:r=3')).toBe(2);
  expect(reachOf('bwdif=mode=send_frame:parity=tff:deint=all,atadenoise')).toBe(1 + 4);
});

it('does not take what stands in quotes for filters', () => {
  const enabled = "unsharp=la=0.5:enable='between(t,1,5),hqdn3d',atadenoise=s=7:enable='between(t,1,5)'";
  expect(reachOf(enabled)).toBe(3);
  expect(reachOf('crop=trunc(iw/2)*2:min(ih\\,480)')).toBe(0);
});

it('knows of no number for filters that remember for ever, change times, or are not known', () => {
  for (const graph of ['hqdn3d', 'fps=25', 'setpts=2*PTS', 'format=yuv420p,madeup=1', 'split[a][b];[a][b]blend']) {
    expect(reachOf(graph)).toBeNull();
  }
});
