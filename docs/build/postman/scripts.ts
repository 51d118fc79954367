import type { Operation } from '../openapi.ts';

/* What runs before and after requests: JavaScript of Postman's sandbox. https://learning.postman.com/docs/tests-and-scripts */

/** How often a waiting request looks again, and how long it waits in between. */
const LOOKS = 240;
const PAUSE_MS = 1_000;

/** Whatever state a video is in: one of the answers that the document tells of, in its type. */
export function asDocumented(responses: Operation['responses']): string[] {
  const types = Object.entries(responses).map(([status, { content = {} }]) => [status, Object.keys(content)]);
  return [
    `const documented = ${JSON.stringify(Object.fromEntries(types))};`,
    "pm.test('answers as documented', () => {",
    '  const types = documented[pm.response.code];',
    '  pm.expect(types, "status " + pm.response.code).to.be.an("array");',
    "  const type = (pm.response.headers.get('content-type') || '').split(';')[0];",
    '  if (types.length > 0) pm.expect(types).to.include(type);',
    '});',
  ];
}

/** Succeeds with just this status; the lines that follow have `body`, the answer. */
export const succeeds = (status: number, ...more: string[]): string[] => [
  `pm.test('answers ${status}', () => pm.response.to.have.status(${status}));`,
  ...more,
];

export const KEEP_FILE_ID = [
  'const body = pm.response.json();',
  "if (body.file_id) pm.collectionVariables.set('file_id', body.file_id);",
];

export const KEEP_UPLOAD = [
  ...KEEP_FILE_ID,
  "pm.collectionVariables.set('upload_url', body.upload.url);",
  "pm.collectionVariables.set('upload_headers', JSON.stringify(body.upload.headers));",
];

/** The storage checks that just what was signed is sent. */
export const SEND_SIGNED_HEADERS = [
  "const headers = JSON.parse(pm.collectionVariables.get('upload_headers'));",
  'for (const [key, value] of Object.entries(headers)) {',
  "  if (!['content-length', 'host'].includes(key.toLowerCase())) pm.request.headers.upsert({ key, value });",
  '}',
];

/** Sends the request again until the process has ended, then checks that it ended well. */
export const WAIT_UNTIL_COMPLETED = [
  'const { status, progress, error } = pm.response.json();',
  "const looks = Number(pm.collectionVariables.get('looks')) || 0;",
  `if (['pending', 'processing'].includes(status) && looks < ${LOOKS}) {`,
  "  pm.collectionVariables.set('looks', looks + 1);",
  '  console.log(status, progress);',
  `  setTimeout(() => {}, ${PAUSE_MS});`,
  '  pm.execution.setNextRequest(pm.info.requestName);',
  '} else {',
  "  pm.collectionVariables.set('looks', 0);",
  "  pm.test('completed', () => pm.expect(status, error).to.equal('completed'));",
  '}',
];
