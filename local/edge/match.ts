import type { Behavior } from '../../infra/routes.ts';

/**
 * The first behavior whose pattern matches, as CloudFront matches: on the path with unreserved characters decoded, case
 * counting. The path itself goes to the origin as it came.
 */
export function match(routes: readonly Behavior[], path: string): Behavior {
  const plain = decodeUnreserved(path);
  const found = routes.find((route) => pattern(route.path).test(plain));
  if (!found) throw new Error('The last route must match everything: its path is "*".');
  return found;
}

/**
 * Whether a path climbs (`/a/../b`), in whatever spelling. Clients resolve that before they send. CloudFront would pass
 * it on to an origin with a host of its own; here origins are paths of one server, which it must not lead out of.
 */
export function climbs(path: string): boolean {
  return decodeUnreserved(path)
    .split(/[/\\]|%2f|%5c/i)
    .some((segment) => segment === '.' || segment === '..');
}

const patterns = new Map<string, RegExp>();

function pattern(path: string): RegExp {
  const known = patterns.get(path);
  if (known) return known;
  const source = path
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const made = new RegExp(`^${source}$`, 's');
  patterns.set(path, made);
  return made;
}

/** RFC 3986, 6.2.2.2: `%41` and `A` are the same. */
function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped;
  });
}
