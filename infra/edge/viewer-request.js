// A CloudFront Function, runtime cloudfront-js-2.0: no imports, no waiting, at most 10 KB. It sees a request before
// anything else does, in AWS and, from this same file, on one machine. Header names are in lower case here; the URI and
// the query string are as the viewer encoded them.

// FORM_UPLOAD_LIMIT of core/limits.ts, which a test holds equal.
const FORM_UPLOAD_LIMIT = 4669440;

// Whose tokens count, where people sign in: the deployment writes it here (infra/edge/for-sign-in.ts).
const SIGN_IN = null;
// OPEN_CALLS of infra/routes.ts, which a test holds equal.
const OPEN_CALLS = ['/healthz', '/openapi.json', '/docs', '/redoc'];

// biome-ignore lint/correctness/noUnusedVariables: the runtime calls it by this name.
function handler(event) {
  const request = event.request;
  if (request.uri.startsWith('/ws/')) return toSocketApi(request);
  if (request.uri === '/') {
    request.uri = '/index.html';
    return request;
  }
  const refusal = SIGN_IN ? tokenRefusal(request) : null;
  if (refusal) return refusal;
  if (isForm(request) && Number(header(request, 'content-length')) > FORM_UPLOAD_LIMIT) return formTooLarge();
  return request;
}

// The gateway verifies tokens, but says no more than "Unauthorized". What it is going to refuse anyway is told here in the
// words of every other error: a token that is missing, over, or somebody else's. Nothing is let through by this, and a
// forged signature is for the gateway to find.
function tokenRefusal(request) {
  // Preflights carry no token.
  if (request.method === 'OPTIONS' || OPEN_CALLS.includes(request.uri)) return null;
  const token = /^bearer +([^ ]+)$/i.exec(header(request, 'authorization'));
  if (!token) return unauthorized('not_signed_in', 'Sign in: send "Authorization: Bearer" with a token of the issuer.');
  const claims = claimsOf(token[1]);
  if (!claims) return unauthorized('bad_token', 'What was sent is no token: sign in again.');
  if (!(Number(claims.exp) > Date.now() / 1000))
    return unauthorized('token_expired', 'Your token is over: sign in again.');
  const audiences = [].concat(claims.aud === undefined ? claims.client_id : claims.aud);
  if (claims.iss === SIGN_IN.issuer && audiences.includes(SIGN_IN.audience)) return null;
  return unauthorized('foreign_token', 'This token is not for this service: sign in here.');
}

// What a token claims; nothing here believes it.
function claimsOf(token) {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const claims = JSON.parse(fromBase64Url(parts[1]));
    return typeof claims === 'object' ? claims : null;
  } catch (_error) {
    return null;
  }
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// Bytes as characters: names beyond ASCII come out wrong, and nobody looks at them.
function fromBase64Url(text) {
  let bits = 0;
  let count = 0;
  let bytes = '';
  for (const character of text) {
    const value = BASE64URL.indexOf(character);
    if (value < 0) throw new Error('This is no base64url.');
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += String.fromCharCode((bits >> count) & 0xff);
  }
  return bytes;
}

function unauthorized(code, detail) {
  return problem(401, 'Unauthorized', code, detail, { 'www-authenticate': { value: 'Bearer' } });
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
  return problem(
    413,
    'Content Too Large',
    'payload_too_large',
    'A form can carry ' +
      FORM_UPLOAD_LIMIT +
      ' bytes. For larger files POST /upload with application/json and PUT the file to the presigned URL it answers.',
    {},
  );
}

function problem(status, title, code, detail, headers) {
  return {
    statusCode: status,
    statusDescription: title,
    headers: Object.assign(headers, {
      'content-type': { value: 'application/problem+json' },
      'cache-control': { value: 'no-store' },
      // The same answer for everyone, so any page may read it.
      'access-control-allow-origin': { value: '*' },
    }),
    body: {
      encoding: 'text',
      data: JSON.stringify({ type: 'about:blank', title: title, status: status, detail: detail, code: code }),
    },
  };
}
