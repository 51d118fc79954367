import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Shipped } from './shipped.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Licences that ask for no more than to be named, so that what they are for can be in a bundle of ours. */
export const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** THIRD_PARTY_NOTICES.md: what of others is in what we ship, and under which licences. */
export function notices(shipped: readonly Shipped[]): string {
  const texts = new Map<string, string[]>();
  for (const each of shipped) {
    const text = licenceText(each);
    texts.set(text, [...(texts.get(text) ?? []), `${each.name} ${each.version}`]);
  }
  const table = shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  const full = [...texts].map(([text, names]) => `### ${names.join(', ')}\n\n\`\`\`\`text\n${text}\n\`\`\`\`\n`);
  return [HEAD, '| package | version | licence |', '| --- | --- | --- |', ...table, '', '## Texts', '', ...full].join(
    '\n',
  );
}

/** What the package says itself, with the notice that Apache's licence asks to be passed on. */
function licenceText({ folder, name, licence, author }: Shipped): string {
  const files = readdirSync(join(ROOT, folder));
  const found = ['licen[cs]e', 'notice'].flatMap((word) =>
    files.filter((file) => new RegExp(`^${word}(\\.(md|txt))?$`, 'i').test(file)).slice(0, 1),
  );
  const texts = found.map((file) =>
    readFileSync(join(ROOT, folder, file), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim(),
  );
  const said = `${name}${author ? ` by ${author}` : ''} comes without a text; its package.json says ${licence}.`;
  return texts.length > 0 ? texts.join('\n\n') : said;
}

const HEAD = `# Third-party notices

Reelight is under the [MIT licence](LICENSE). \`npm run notices\` writes this file; a test says when it is stale.

## Programs that Reelight runs

They are programs of their own: none is linked into ours, each keeps its licence.

| program | licence | where it is |
| --- | --- | --- |
| FFmpeg, built with x264 | GPL-2.0-or-later | In both container images, from Debian, which keeps what it says of it in \`/usr/share/doc/*/copyright\`. So each image as a whole is under the GPL, and whoever passes one on owes its sources: [ffmpeg](https://sources.debian.org/src/ffmpeg/), [x264](https://sources.debian.org/src/x264/). On one machine, apt installs it or it is yours. |
| ffmpeg-static | GPL-3.0-or-later | Optional: npm installs it where it can. In no image and no bundle. |
| Node.js | MIT | In both images; on one machine from npm. |
| tini | MIT | In the enhancer's image, from Debian. |
| aws-lambda-ric | Apache-2.0 | In the metadata function's image, installed there by npm. |
| RabbitMQ | MPL-2.0 | Not shipped: Amazon MQ runs it; on one machine, apt installs it. |
| MiniStack | MIT | Not shipped: on one machine, pip installs it to stand in for AWS. |
| Chromium | BSD-3-Clause and others | Not shipped: tests drive the one that is installed. |

H.264 and AAC are covered by patents in some countries, which a licence of a program says nothing about.

The example in \`examples/\` is from _Big Buck Bunny_, © Blender Foundation, CC BY 3.0.

## Packages that are in our bundles

Those that have at least a line in a function, the worker, the page or the pages of the API's documentation. The packages
\`redoc\` and \`swagger-ui-dist\` are bundles themselves; the licences of what is in them are served beside them.
`;
