import { beforeAll, describe, expect, it } from 'vitest';
import { sourceKey } from '../core/keys.ts';
import { jsonLog } from '../core/log.ts';
import type { TaskMessage } from '../core/messages.ts';
import { SpanLine } from '../core/span.ts';
import { namesOf, traceparent } from '../core/trace.ts';
import type { Video } from '../core/video.ts';
import { twins } from '../test/twins.ts';
import { acceptUpload } from './accept-upload.ts';
import { dispatch } from './dispatch.ts';
import { enhance } from './enhance.ts';
import { extractMetadata } from './extract-metadata.ts';
import { announce } from './notify.ts';

/* One trace follows a video through every hop, and each span's parent is another one of them. */

const never = new AbortController().signal;
const REQUEST = {
  filename: 'a.mp4',
  size: 5,
  content_type: 'video/mp4',
  client_id: 'somebody',
  profile: 'classic',
} as const;

/** A video goes the whole way; what the parts logged of it meanwhile. */
async function wholeWay(follows?: string) {
  const { ports: all, recorded } = twins();
  const lines: string[] = [];
  const changes: Video[] = [];
  const change: typeof all.videos.change = async (...args) => {
    const changed = await all.videos.change(...args);
    if ('file_id' in changed) changes.push(structuredClone(changed));
    return changed;
  };
  const ports = { ...all, videos: { ...all.videos, change }, log: jsonLog((line) => lines.push(line)) };
  const { video } = await acceptUpload(ports, { ...REQUEST, follows });
  await ports.uploads.write(sourceKey(video.file_id), 'movie', { contentType: 'video/mp4' });
  await dispatch(ports, sourceKey(video.file_id));
  const [message] = recorded.published;
  await extractMetadata(ports, message as TaskMessage, 'function', never);
  await enhance(ports, message as TaskMessage, 'worker', never);
  let before: Video | undefined;
  for (const after of changes) {
    await announce(ports, before, after);
    before = after;
  }
  const spans = lines.flatMap((line) => SpanLine.safeParse(JSON.parse(line)).data ?? []);
  return { video, message, spans };
}

let way: Awaited<ReturnType<typeof wholeWay>>;
beforeAll(async () => {
  way = await wholeWay();
});

describe('the trace of a video', () => {
  it('is one for all hops', () => {
    const { video, message, spans } = way;
    const names = new Set(spans.filter(({ step }) => !step).map(({ span_name }) => span_name));
    expect(names).toEqual(new Set(['accept-upload', 'dispatch', 'extract-metadata', 'enhance', 'notify']));
    const { traceId } = namesOf(video.trace);
    expect(
      new Set([...spans.map(({ trace }) => trace), message?.trace ?? ''].map((trace) => namesOf(trace).traceId)),
    ).toEqual(new Set([traceId]));
    for (const { trace, file_id } of spans) expect([traceparent(trace), file_id]).toEqual([trace, video.file_id]);
  });

  it('is a tree: each span has a name of its own, and a parent that is there', () => {
    const { spans } = way;
    const ids = spans.map(({ trace }) => namesOf(trace).spanId);
    expect(new Set(ids).size).toBe(ids.length);
    const [first, ...others] = spans.filter(({ parent }) => parent === null || !ids.includes(parent));
    expect([first?.span_name, first?.parent, others]).toEqual(['accept-upload', null, []]);
  });

  it('tells of turns, and not of every second', () => {
    const turns = way.spans.filter(({ span_name }) => span_name === 'notify');
    // Known, begun and ended, of both processes.
    expect(turns).toHaveLength(5);
  });

  it('has steps within the work', () => {
    const stepsOf = (name: string) => {
      const whole = way.spans.find(({ span_name, step }) => span_name === name && !step);
      const own = namesOf(whole?.trace ?? '').spanId;
      return way.spans.filter(({ step, parent }) => step && parent === own).map(({ span_name }) => span_name);
    };
    expect(stepsOf('enhance')).toEqual(expect.arrayContaining(['probe', 'enhance', 'poster', 'store', 'publish']));
    expect(stepsOf('extract-metadata').toSorted()).toEqual(['first-frame', 'probe', 'publish']);
  });

  it('begins with the second that it is from, as X-Ray wants', () => {
    expect(Number.parseInt(way.video.trace.slice(3, 11), 16)).toBe(Date.parse('2026-01-01T00:00:00Z') / 1000);
  });

  it('goes on from that of the caller, where it has one', async () => {
    const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { video, spans } = await wholeWay(caller);
    expect(namesOf(video.trace).traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(spans.find(({ span_name }) => span_name === 'accept-upload')?.parent).toBe('b7ad6b7169203331');
  });
});

it('takes nothing for a traceparent that is none', () => {
  const zero = `00-${'0'.repeat(32)}-b7ad6b7169203331-01`;
  for (const header of [
    undefined,
    null,
    '',
    'hello',
    zero,
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  ]) {
    expect(traceparent(header)).toBeUndefined();
  }
});
