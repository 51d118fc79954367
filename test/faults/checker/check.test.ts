import { describe, expect, it } from 'vitest';
import type { Happening, History, Sight, Told } from '../history.ts';
import { check } from './check.ts';

/* The checker's own check: histories made by hand, good ones that it accepts and bad ones that it must not. */

const ID = '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';
const DONE: Sight = { status: 'completed', progress: 100, error: null };
const FAILED: Sight = { status: 'failed', progress: 40, error: 'The disk was full.' };
const OBJECTS = [`uploads:uploads/${ID}`, `files:processed_videos/${ID}`, `files:metadata/${ID}.json`];

const told = (seq: number, process: 'video' | 'metadata', sight: Partial<Sight>, connection = 'a'): Happening => ({
  kind: 'told',
  client_id: 'anna',
  connection,
  notice: {
    file_id: ID,
    seq,
    process_type: process === 'video' ? 'video_enhancement' : 'metadata_extraction',
    ...{ status: 'processing', progress: 0, error: null },
    ...sight,
  } as Told,
});
const polled = (seq: number, attempt: number, video: Sight, metadata: Sight): Happening => ({
  ...{ kind: 'polled', file_id: ID, seq, attempt },
  processes: { video_enhancement: video, metadata_extraction: metadata },
});
const accepted = (changes = {}): Happening => ({
  ...{ kind: 'accepted', file_id: ID, client_id: 'anna', variant: 'clip' },
  ...changes,
});

/** One video that is sent, worked on, and done, while its client is connected. */
function good(): History {
  return {
    happenings: [
      accepted(),
      told(3, 'video', { progress: 0 }),
      told(4, 'metadata', { progress: 50 }),
      told(5, 'video', { progress: 30 }),
      polled(
        5,
        1,
        { status: 'processing', progress: 30, error: null },
        { status: 'processing', progress: 50, error: null },
      ),
      told(6, 'metadata', DONE),
      told(7, 'video', { progress: 80 }),
      told(8, 'video', DONE),
      polled(8, 1, DONE, DONE),
    ],
    reference: new Map([['clip, in 10 s', 'hash']]),
    remains: {
      videos: new Map([
        [
          ID,
          {
            attempt: 1,
            processes: { video_enhancement: DONE, metadata_extraction: DONE },
            chunk_seconds: 10,
            objects: OBJECTS,
            pictures: 'hash',
          },
        ],
      ]),
      objects: [...OBJECTS],
      uploads: [],
      rows: [
        { pk: 'CLIENT#anna', sk: `VIDEO#2026-01-01T00:00:00.000Z#${ID}` },
        { pk: 'ONCE#anna#abc', sk: 'ONCE', file_id: ID },
        { pk: 'HEALTH', sk: 'WORKER#worker-1' },
        { pk: 'USES#anna', sk: '2026-01-01T00', used: 1 },
        { pk: 'USES', sk: 'IN_FLIGHT', used: 0 },
      ],
      queues: { 'reelight.enhance': 0, sources: 0 },
      parked: [],
      scratch: [],
      programs: [],
    },
  };
}

type Final = NonNullable<ReturnType<History['remains']['videos']['get']>>;
/** A good history with something wrong in it. */
function but(change: (history: History, video: Final) => void): string[] {
  const history = good();
  change(history, history.remains.videos.get(ID) as Final);
  return [...new Set(check(history).map(({ rule }) => rule))];
}
/** What was told and seen from this change on did not happen. */
const without = (history: History, seq: number) => {
  history.happenings = history.happenings.filter(
    (happening) =>
      (happening.kind !== 'told' || happening.notice.seq < seq) && (happening.kind !== 'polled' || happening.seq < seq),
  );
};
const end = (history: History, video: Final, sight: Sight) => {
  without(history, 8);
  history.happenings.push(told(8, 'video', sight));
  video.processes.video_enhancement = sight;
  video.objects = video.objects.filter((key) => !key.includes('processed_videos'));
  history.remains.objects = [...video.objects];
};

describe('a history that keeps every promise', () => {
  it('is accepted', () => expect(check(good())).toEqual([]));

  it('may tell of things twice, and late', () => {
    expect(
      but(({ happenings }) => happenings.push(told(5, 'video', { progress: 30 }), told(8, 'video', DONE))),
    ).toEqual([]);
  });

  it('may tell of an end by the next connection', () => {
    const rules = but((history) => {
      without(history, 8);
      history.happenings.push(told(9, 'video', DONE, 'b'), told(9, 'metadata', DONE, 'b'));
    });
    expect(rules).toEqual([]);
  });

  it('may contain a cancel that was asked for', () => {
    const rules = but((history, video) => {
      end(history, video, { status: 'cancelled', progress: 80, error: null });
      history.happenings.push({ kind: 'cancelled', file_id: ID });
    });
    expect(rules).toEqual([]);
  });

  it('may give a video up, if it is parked', () => {
    const rules = but((history, video) => {
      end(history, video, { ...FAILED, progress: 80 });
      history.remains.parked.push({ file_id: ID, reason: 'failed 5 times' });
      history.remains.objects.push(`files:attempts/${ID}/1/5/chunk-0`);
      history.remains.rows.push({ pk: `PIECES#${ID}`, sk: 'PIECE#abc#chunk-0' });
    });
    expect(rules).toEqual([]);
  });

  it('may begin again', () => {
    const rules = but(({ happenings }, video) => {
      happenings.push({ kind: 'retried', file_id: ID, attempt: 2, seq: 9 });
      happenings.push(told(9, 'video', { status: 'pending', progress: 0 }), told(12, 'video', DONE));
      happenings.push(polled(12, 2, DONE, DONE));
      video.attempt = 2;
    });
    expect(rules).toEqual([]);
  });

  it('may contain what is no video', () => {
    const rules = but((history, video) => {
      end(history, video, { ...FAILED, progress: 80, error: 'This is no video.' });
      video.processes.metadata_extraction = { ...FAILED, progress: 50 };
      history.happenings = history.happenings.filter(
        (happening) => happening.kind !== 'told' || happening.notice.seq !== 6,
      );
      history.happenings[0] = accepted({ variant: null });
      history.happenings.push(told(9, 'metadata', { ...FAILED, progress: 50 }));
      video.objects = video.objects.filter((key) => !key.includes('metadata'));
      history.remains.objects = [...video.objects];
    });
    expect(rules).toEqual([]);
  });

  it('may end with nothing at all', () => {
    const rules = but(({ happenings, remains }) => {
      happenings.push({ kind: 'deleted', file_id: ID });
      remains.videos.clear();
      remains.objects = [];
      remains.rows = [];
    });
    expect(rules).toEqual([]);
  });
});

describe('a history is rejected', () => {
  it.each<[string, Parameters<typeof but>[0], string]>([
    ['when a video is lost', ({ remains }) => void remains.videos.delete(ID), 'nothing is lost'],
    [
      'when a video never ends',
      (_, video) => {
        video.processes.video_enhancement = { status: 'processing', progress: 80, error: null };
      },
      'everything comes to an end',
    ],
    [
      'when an end is left',
      ({ happenings }) => happenings.push(told(9, 'video', { progress: 100 })),
      'an end is final',
    ],
    [
      'when an attempt has two ends',
      ({ happenings }) => happenings.push(polled(9, 1, { ...FAILED, progress: 100 }, DONE)),
      'an end is final',
    ],
    [
      'when an earlier attempt has two ends',
      ({ happenings }) =>
        happenings.push(
          told(9, 'video', { ...FAILED, progress: 100 }),
          { kind: 'retried', file_id: ID, attempt: 2, seq: 10 },
          told(12, 'video', DONE),
        ),
      'an end is final',
    ],
    [
      'when one change is told in two ways',
      ({ happenings }) => happenings.push(told(5, 'video', { progress: 31 }, 'b')),
      'one change tells one story',
    ],
    [
      'when nobody asked for the cancel',
      (history, video) => end(history, video, { status: 'cancelled', progress: 80, error: null }),
      'an end has a reason',
    ],
    [
      'when a good video fails and nobody is to look at it',
      (history, video) => end(history, video, { ...FAILED, progress: 80 }),
      'what is given up is parked',
    ],
    [
      'when a failure has no reason',
      (history, video) => end(history, video, { ...FAILED, progress: 80, error: null }),
      'a failure says why',
    ],
    [
      'when a video fails though nothing was wrong',
      (history, video) => {
        end(history, video, { ...FAILED, progress: 80 });
        history.happenings[0] = accepted({ undisturbed: true });
        history.remains.parked.push({ file_id: ID, reason: 'failed 5 times' });
      },
      'nothing fails undisturbed',
    ],
    [
      'when what is no video is completed',
      ({ happenings }) => {
        happenings[0] = accepted({ variant: null });
      },
      'an end has a reason',
    ],
    [
      'when what was deleted is there',
      ({ happenings }) => happenings.push({ kind: 'deleted', file_id: ID }),
      'what is deleted is gone',
    ],
    [
      'when progress goes back, as told',
      ({ happenings }) => happenings.push(told(6, 'video', { progress: 10 })),
      'progress never goes back',
    ],
    [
      'when progress goes back, as polled',
      ({ happenings }) =>
        happenings.push(polled(6, 1, { status: 'processing', progress: 29, error: null }, { ...DONE })),
      'progress never goes back',
    ],
    [
      'when a piece is counted twice',
      ({ happenings }) => happenings.push({ kind: 'counted', file_id: ID, counted: 3, done: 2 }),
      'a piece is counted once',
    ],
    [
      'when other pictures come out',
      (_, video) => void Object.assign(video, { pictures: 'other' }),
      'the same pictures come out',
    ],
    [
      'when no pictures come out',
      (_, video) => void Object.assign(video, { pictures: null }),
      'the same pictures come out',
    ],
    [
      'when it was cut otherwise, and looks as if not',
      (_, video) => void Object.assign(video, { chunk_seconds: 5 }),
      'the same pictures come out',
    ],
    ['when nobody knows what should', ({ reference }) => reference.clear(), 'the same pictures come out'],
    ['when a client hears of no end', (history) => without(history, 8), 'each client hears of each end'],
    [
      'when only another client hears of the end',
      (history) => {
        without(history, 8);
        history.happenings.push({ ...told(8, 'video', DONE), client_id: 'otto' } as Happening);
      },
      'each client hears of each end',
    ],
    [
      'when a client would drop the end, because it is not newer',
      (history) => {
        without(history, 8);
        history.happenings.push(told(7, 'video', DONE));
      },
      'each client hears of each end',
    ],
    [
      'when the end of an earlier attempt was kept from the client',
      (history, video) => {
        without(history, 8);
        history.happenings.push(polled(8, 1, DONE, DONE));
        history.happenings.push({ kind: 'retried', file_id: ID, attempt: 2, seq: 9 });
        history.happenings.push(told(12, 'video', DONE));
        video.attempt = 2;
      },
      'each client hears of each end',
    ],
    [
      'when a notice has no seq',
      ({ happenings }) => happenings.push(told(Number.NaN, 'video', DONE)),
      'every notice has a seq',
    ],
    [
      'when an object belongs to nothing',
      ({ remains }) => remains.objects.push('files:posters/x'),
      'no orphan objects',
    ],
    [
      'when work under claims of a completed video stays',
      ({ remains }) => remains.objects.push(`files:attempts/${ID}/1/3/enhanced`),
      'no orphan objects',
    ],
    ['when an output is not there', ({ remains }) => void remains.objects.pop(), 'what a record names is there'],
    [
      'when an upload stays open',
      ({ remains }) => remains.uploads.push('files:attempts/x'),
      'no open multipart uploads',
    ],
    ...(
      [
        'CONN#c CONN',
        'CLIENT#anna CONN#c',
        `VIDEO#${ID} SUB#c`,
        `WATCH#5 ${ID}`,
        `PIECES#${ID} PIECE#abc#chunk-0`,
      ] as const
    ).map((row): [string, Parameters<typeof but>[0], string] => {
      const [pk = '', sk = ''] = row.split(' ');
      return [`when the row ${row} stays`, ({ remains }) => remains.rows.push({ pk, sk }), 'no leftover rows'];
    }),
    [
      'when something counts as being in flight that is not',
      ({ remains }) => remains.rows.push({ pk: 'USES', sk: 'IN_FLIGHT', used: 1 }),
      'no leftover rows',
    ],
    [
      'when rows of a deleted video stay',
      ({ happenings, remains }) => {
        happenings.push({ kind: 'deleted', file_id: ID });
        remains.videos.clear();
        remains.objects = [];
      },
      'no leftover rows',
    ],
    [
      'when a message stays',
      ({ remains }) => void Object.assign(remains.queues, { sources: 1 }),
      'the queues are empty',
    ],
    [
      'when what ended well is parked',
      ({ remains }) => remains.parked.push({ file_id: ID, reason: 'failed 5 times' }),
      'only what was given up is parked',
    ],
    [
      'when what is no task is parked',
      ({ remains }) => remains.parked.push({ file_id: null, reason: 'not a task message' }),
      'only what was given up is parked',
    ],
    ['when a temporary file stays', ({ remains }) => remains.scratch.push('worker-1/job-x'), 'no temporary files'],
    ['when a program stays', ({ remains }) => remains.programs.push('ffmpeg'), 'no programs'],
  ])('%s', (_, change, rule) => expect(but(change)).toContain(rule));
});
