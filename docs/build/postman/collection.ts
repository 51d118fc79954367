import examples from '../../../lambdas/api/examples.json' with { type: 'json' };
import type { OpenApi } from '../openapi.ts';
import { type Auth, event, FILE, type Item, requestsOf } from './requests.ts';
import { KEEP_FILE_ID, KEEP_UPLOAD, SEND_SIGNED_HEADERS, succeeds, WAIT_UNTIL_COMPLETED } from './scripts.ts';

export interface Folder {
  name: string;
  description?: string;
  item: (Item | Folder)[];
}

/** The Postman collection: the ways of a video as folders that run in order, then every call by itself. */
export function postman(http: OpenApi) {
  const request = requestsOf(http);
  const wait = { after: succeeds(200, ...WAIT_UNTIL_COMPLETED) };

  const presigned: Folder = {
    name: 'Send a video',
    description: 'The way for files of any size. Run the folder: each request needs what the one before it answered.',
    item: [
      request('startUpload', { name: 'Ask where to send it', after: succeeds(201, ...KEEP_UPLOAD) }),
      {
        name: 'Send the bytes to the storage',
        event: [event('prerequest', SEND_SIGNED_HEADERS), event('test', succeeds(200))],
        request: {
          method: 'PUT',
          description: 'The address is signed for this one file, and good once.',
          auth: { type: 'noauth' },
          url: '{{upload_url}}',
          header: [],
          body: { mode: 'file', file: { src: FILE } },
        },
      },
      request('completeUpload', { name: 'Say that it is there (optional here)', after: succeeds(200) }),
      request('getMetadataStatus', { name: 'Wait for the metadata', ...wait }),
      request('getEnhancementStatus', { name: 'Wait for the enhancement', ...wait }),
      request('getVideo', {
        name: 'Look at the record',
        after: succeeds(
          200,
          "pm.test('is completed', () => pm.expect(pm.response.json().status).to.equal('completed'));",
        ),
      }),
      request('allowPlayback', { name: 'Get cookies for its files, where people sign in' }),
      request('getEnhancedVideo', {
        name: 'Stream a part of the enhanced video',
        headers: { range: 'bytes=0-99999' },
        after: succeeds(
          206,
          "pm.test('is that part', () => {",
          "  pm.expect(pm.response.headers.get('content-range')).to.match(/^bytes 0-99999\\/\\d+$/);",
          '  pm.expect(pm.response.responseSize).to.equal(100000);',
          '});',
        ),
      }),
      request('getPoster', { name: 'See its poster', after: succeeds(200) }),
      request('getMetadata', {
        name: 'Read its metadata',
        after: succeeds(
          200,
          "pm.test('is of this video', () => {",
          "  pm.expect(pm.response.json().file_id).to.equal(pm.collectionVariables.get('file_id'));",
          '});',
        ),
      }),
    ],
  };

  const parts: Folder = {
    name: 'Send a large video in parts',
    description:
      'What is above 32 MiB goes in parts, each to an address of its own, signed when it is needed. A part is PUT as in ' +
      '“Send a video”, its ETag goes into `complete`. Here the upload is given up again.',
    item: [
      request('startUpload', {
        name: 'Ask how to cut it',
        values: { size: '{{large_size}}' },
        after: succeeds(
          201,
          ...KEEP_FILE_ID,
          "pm.test('is to come in parts', () => pm.expect(body.upload.kind).to.equal('multipart'));",
        ),
      }),
      request('signParts', { name: 'Get addresses for parts', after: succeeds(200) }),
      request('listParts', { name: 'See which parts are there', after: succeeds(200) }),
      request('abandonUpload', { name: 'Give it up', after: succeeds(204) }),
    ],
  };

  const form: Folder = {
    name: 'Send a small video as a form',
    description: 'For files of up to 4.6 MB: one request, as an HTML form sends it.',
    item: [
      request('startUpload', {
        name: 'Send the form',
        body: 'multipart/form-data',
        after: succeeds(200, ...KEEP_FILE_ID),
      }),
      request('getEnhancementStatus', { name: 'Where the enhancement is', after: succeeds(200) }),
      request('getMetadataStatus', { name: 'Where the metadata is', after: succeeds(200) }),
    ],
  };

  return {
    info: {
      name: http.info.title,
      description: ABOUT,
      version: http.info.version,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: BEARER,
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
    item: [presigned, parts, form, everyCall(http), LIVE] satisfies Folder[],
  };
}

/** By tag, in the order in which they can follow each other: what ends a video comes last in its folder. */
function everyCall(http: OpenApi): Folder {
  const request = requestsOf(http);
  const operations = Object.values(http.paths).flatMap((each) => Object.values(each));
  const item = ['Service', 'Sign-in', 'Status', 'Files', 'Videos', 'Uploads'].map((tag): Folder => {
    const tagged = operations.filter(({ tags }) => tags.includes(tag)).map(({ operationId }) => operationId);
    const last = tagged.filter((id) => ENDINGS.has(id));
    return {
      name: tag,
      item: [...tagged.filter((id) => !ENDINGS.has(id)), ...last].map((id) =>
        id === 'startUpload' ? request(id, { after: succeeds(201, ...KEEP_FILE_ID) }) : request(id),
      ),
    };
  });
  return { name: 'Every call', description: 'About the video that was sent last: `file_id` holds its name.', item };
}

const ENDINGS = new Set(['deleteVideo', 'abandonUpload']);

const BEARER: Auth = { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] };

const VARIABLES = {
  baseUrl: 'http://localhost:8000',
  token: '',
  client_id: 'postman',
  profile: 'adaptive',
  filename: 'big-buck-bunny.mp4',
  size: '1055736',
  content_type: 'video/mp4',
  large_size: '41943040',
  file_id: '',
  upload_url: '',
  upload_headers: '{}',
  looks: '0',
};

const ABOUT = `Made by \`npm run docs\` from [the OpenAPI document](openapi.json).

1. Choose the working directory (Settings, General) in which \`${FILE}\` is, or choose a file of your own in the requests
   that send one, and set \`filename\` and \`size\` (bytes) to it.
2. Set \`baseUrl\` to where your Reelight is.
3. Set \`token\` where people sign in.
4. Run a folder, or the whole. \`file_id\` is kept from the answer to each upload.

On the command line: \`npx newman run docs/api/reelight.postman_collection.json\`.`;

const LIVE: Folder = {
  name: 'Live: the WebSocket',
  description: `A collection holds no WebSocket requests; make one (New, WebSocket) for \`ws://localhost:8000/ws/postman\`,
that is \`ws(s)\` in place of \`http(s)\`, and at the end the \`client_id\` of the uploads. It greets:

\`\`\`json
${JSON.stringify(examples.notices.connection, null, 2)}
\`\`\`

Then it tells where each process of each video of that client stands, and every change from then on. \`seq\` grows with
each change of a video: what comes late can be told by it.

\`\`\`json
${JSON.stringify(examples.notices.status_update, null, 2)}
\`\`\`

Send \`{"action": "ping"}\` and it answers; \`{"action": "subscribe", "file_id": "…"}\` follows another video. Every message
is described in [the AsyncAPI document](asyncapi.json).`,
  item: [],
};
