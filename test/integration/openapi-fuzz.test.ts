import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { testPython } from '../python.ts';
import { talkTo } from '../talk.ts';

/*
 * Schemathesis asks what `/openapi.json` allows, and much that it does not, and compares each answer with what the
 * document says of it. https://schemathesis.readthedocs.io
 */

/** The same seed asks the same. */
const SEED = 20261122;
/** Of each operation, in each phase that makes cases up. */
const CASES = 6;
/** When it stops with what it has found by then: machines that test are busy. */
const LIMIT_S = 50;
/** For a run that does not stop by itself. */
const PATIENCE_MS = 90_000;

const reelight = talkTo(inject('base'));
/** Where people sign in, everything is asked as one of them. */
const token = process.env.REELIGHT_TOKEN;
const client = `fuzz-${process.pid}`;
const FILES = [
  '/processed_videos/{file_id}',
  '/source_videos/{file_id}',
  '/posters/{file_id}',
  '/posters/{file_id}.webp',
  '/metadata/{file_id}.json',
];
let folder: string;
let said: string;
let report: {
  complete: boolean;
  operations: { total: number; tested: number };
  test_cases: { generated: number };
  failures: { title: string; operations: string[] }[];
};
let answers: { request: { method: string; url: string }; response: { status: number; content: { text?: string } } }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schemathesis-'));
  const clip = await readFile('examples/big-buck-bunny.mp4');
  const send = async () => {
    const body = new FormData();
    body.set('file', new File([clip], 'clip.mp4', { type: 'video/mp4' }));
    body.set('client_id', client);
    body.set('profile', 'passthrough');
    return (await reelight.json<{ file_id: string }>('/upload', { method: 'POST', body })).file_id;
  };
  const [shown, doomed] = [await send(), await send()];
  const large = { size: 50 * 1024 * 1024, client_id: client };
  const [open, given] = [(await reelight.start(large)).file_id, (await reelight.start(large)).file_id];
  await reelight.ended(shown);
  const config = join(folder, 'schemathesis.toml');
  await writeFile(config, settings({ shown, doomed, open, given }, token ? await cookiesOf(shown) : []));
  const reports = [
    '--report',
    'json,har',
    '--report-json-path',
    at('report.json'),
    '--report-har-path',
    at('har.json'),
  ];
  const line = [
    '--config-file',
    config,
    'run',
    `${reelight.base}/openapi.json`,
    '--no-color',
    '--max-time',
    `${LIMIT_S}`,
    ...reports,
  ];
  said = await run(join(dirname(testPython), 'st'), line);
  report = JSON.parse(await readFile(at('report.json'), 'utf8'));
  answers = JSON.parse(await readFile(at('har.json'), 'utf8')).log.entries;
}, 180_000);

afterAll(async () => {
  // Uploads began under names that were made up.
  const made = (answers ?? [])
    .filter(({ request, response }) => request.method === 'POST' && [200, 201].includes(response.status))
    .flatMap(({ response }) => /"file_id":"([^"]+)"/.exec(response.content.text ?? '')?.[1] ?? []);
  const { videos } = await reelight.json<{ videos: { file_id: string }[] }>(`/videos?client_id=${client}`);
  for (const id of new Set([...made, ...videos.map(({ file_id }) => file_id)])) {
    const { status } = await fetch(`${reelight.base}/videos/${id}`, { method: 'DELETE' });
    expect([204, 404], id).toContain(status);
  }
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

it('finds no answer that the document does not tell of', () => {
  expect(report.failures, said).toEqual([]);
});

it('never hears of a fault of ours', () => {
  const faults = answers.filter(({ response }) => response.status >= 500);
  expect(faults.map(({ request, response }) => [request.method, request.url, response.status])).toEqual([]);
});

it('has come to its end, and to what lies behind the checks of requests', () => {
  expect(report.complete, said).toBe(true);
  expect(report.operations.tested, said).toBe(report.operations.total);
  expect(report.test_cases.generated, said).toBeGreaterThan(100);
  const statuses = new Set(answers.map(({ response }) => response.status));
  for (const status of [200, 201, 202, 204, 400, 404]) expect(statuses, said).toContain(status);
});

/** A video to look at, one to be changed and deleted, an upload to go on with, and one to be given up. */
function settings(
  { shown, doomed, open, given }: Record<'shown' | 'doomed' | 'open' | 'given', string>,
  cookies: string[],
): string {
  const about = (id: string, ...names: string[]) => `
[[operations]]
include-name = ${JSON.stringify(names)}
parameters = { file_id = "${id}" }
`;
  return `
seed = ${SEED}
continue-on-failure = true
workers = 2
request-timeout = 20
${token ? `headers = { Authorization = "Bearer ${token}" }` : ''}

[generation]
max-examples = ${CASES}
database = "none"
no-shrink = true

# Of the limits of each field, those that are allowed: what is beyond them is asked for by chance, in the next phase.
[phases.coverage]
unexpected-methods = []
[phases.coverage.generation]
mode = "positive"

# CloudFront answers 403 to a method that a path does not take, and so does the edge here.
[checks.unsupported_method]
enabled = false

# CloudFront answers 413 to an address that is too long, and so does the edge here. No fault of ours counts as a refusal.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]

# What no schema can say: that a part of a form is a video by its name, or by its first bytes; and white space around what
# a header says is none of it.
[[operations]]
include-name = "POST /upload"
[operations.checks.positive_data_acceptance]
enabled = false
[operations.checks.negative_data_rejection]
enabled = false

# What no schema can say: a cursor is what the page before gave, and an upload takes the parts that it has.
[[operations]]
include-name = "GET /videos"
parameters = { client_id = "${client}" }
[operations.checks.positive_data_acceptance]
enabled = false
[[operations]]
include-name = ["POST /upload/{file_id}/parts", "POST /upload/{file_id}/complete"]
parameters = { file_id = "${open}" }
[operations.checks.positive_data_acceptance]
enabled = false
${about(
  shown,
  'GET /videos/{file_id}',
  'GET /internal/video-enhancement-status/{file_id}',
  'GET /internal/metadata-extraction-status/{file_id}',
)}
${FILES.map((path) => {
  const mine = cookies.filter((line) => line.includes(`Path=${path.replace('{file_id}', shown)};`));
  const header = mine.map((line) => line.split(';')[0]).join('; ');
  return about(shown, `GET ${path}`) + (header ? `headers = { Cookie = ${JSON.stringify(header)} }` : '');
}).join('\n')}
${about(open, 'GET /upload/{file_id}/parts')}
${about(doomed, 'POST /videos/{file_id}/cancel', 'POST /videos/{file_id}/retry', 'DELETE /videos/{file_id}')}
${about(given, 'DELETE /upload/{file_id}')}
`;
}

/** What a player has before it fetches files. */
async function cookiesOf(id: string): Promise<string[]> {
  const answer = await reelight.call(`/videos/${id}/playback`, { method: 'POST' });
  await answer.body?.cancel();
  return answer.headers.getSetCookie();
}

/** What it said, however it ended: the report says whether all was well. */
function run(program: string, line: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, line, { cwd: folder, timeout: PATIENCE_MS, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
