// A CloudFront Function, runtime cloudfront-js-2.0: no imports, no waiting, at most 10 KB. It sees a request before
// anything else does, in AWS and, from this same file, on one machine. Header names are in lower case here; the URI and
// the query string are as the viewer encoded them.

// FORM_UPLOAD_LIMIT of core/limits.ts, which a test holds equal.
const FORM_UPLOAD_LIMIT = 4669440;

// biome-ignore lint/correctness/noUnusedVariables: the runtime calls it by this name.
function handler(event) {
  const request = event.request;
  if (request.uri.startsWith('/ws/')) return toSocketApi(request);
  if (request.uri === '/') request.uri = '/index.html';
  if (isForm(request) && Number(header(request, 'content-length')) > FORM_UPLOAD_LIMIT) return formTooLarge();
  return request;
}

// A WebSocket API has no paths: who connects goes into the query string. Whether the name is a good one is for $connect
// to say, which has to be asked anyway; what could change the meaning of a query string becomes an empty name, which it
// refuses too.
function toSocketApi(request) {
  const name = decoded(request.uri.slice('/ws/'.length));
  request.querystring.client_id = { value: /^[A-Za-z0-9_.-]*$/.test(name) ? name : '' };
  request.uri = '/';
  return request;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (_error) {
    return text;
  }
}

function isForm(request) {
  return (
    request.method === 'POST' &&
    request.uri === '/upload' &&
    header(request, 'content-type').trimStart().toLowerCase().startsWith('multipart/form-data')
  );
}

function header(request, name) {
  const field = request.headers[name];
  return field ? field.value : '';
}

// The gateway would cut such a body off with an answer of its own, before ours could say what to do instead.
function formTooLarge() {
  return {
    statusCode: 413,
    statusDescription: 'Content Too Large',
    headers: {
      'content-type': { value: 'application/problem+json' },
      'cache-control': { value: 'no-store' },
      // The same answer for everyone, so any page may read it.
      'access-control-allow-origin': { value: '*' },
    },
    body: {
      encoding: 'text',
      data: JSON.stringify({
        type: 'about:blank',
        title: 'Content Too Large',
        status: 413,
        detail:
          'A form can carry ' +
          FORM_UPLOAD_LIMIT +
          ' bytes. For larger files POST /upload with application/json and PUT the file to the presigned URL it answers.',
        code: 'payload_too_large',
      }),
    },
  };
}
