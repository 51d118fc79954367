import { asyncApi } from './asyncapi.ts';
import { markdown } from './markdown.ts';
import { openApi } from './openapi.ts';
import { postman } from './postman/collection.ts';

/** Everything that `npm run docs` writes, by its path in the repository. */
export async function documents(): Promise<Record<string, string>> {
  const [http, live] = [await openApi(), asyncApi()];
  return {
    'docs/api/openapi.json': `${JSON.stringify(http, null, 2)}\n`,
    'docs/api/asyncapi.json': `${JSON.stringify(live, null, 2)}\n`,
    'docs/api/reelight.postman_collection.json': `${JSON.stringify(postman(http), null, 2)}\n`,
    'docs/api/index.html': PAGE,
    'API.md': markdown(http, live),
  };
}

/** ReDoc's script is copied beside it by `npm run docs`; it is large, and made of what is not ours, so it is not committed. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="img-src 'self' data:">
<title>Reelight API</title>
</head>
<body style="margin:0">
<div id="redoc" data-spec="openapi.json"></div>
<script src="redoc.js"></script>
<noscript>See <a href="openapi.json">openapi.json</a> and <a href="asyncapi.json">asyncapi.json</a>.</noscript>
</body>
</html>
`;
