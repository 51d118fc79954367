import { basename, dirname, extname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentTypeOf, nameToTell, type Source } from './sources.ts';
import { chooseTargets, metadataName, videoName } from './targets.ts';

const source = (path: string): Source => ({
  label: path,
  path,
  real: path,
  size: 1,
  mtimeMs: 0,
  contentType: 'video/mp4',
});
const stems = (paths: string[], folder?: string) => chooseTargets(paths.map(source), folder).map(({ stem }) => stem);

test('results are named after their source, beside it or in the folder given', () => {
  expect(chooseTargets([source('/v/a.b.mp4')], undefined)).toEqual([{ folder: '/v', stem: 'a.b' }]);
  expect(chooseTargets([source('/v/noextension')], '/out')).toEqual([{ folder: '/out', stem: 'noextension' }]);
});

test('sources of one name get numbers where they would meet', () => {
  expect(stems(['/a/clip.mp4', '/b/clip.mp4'])).toEqual(['clip', 'clip']);
  expect(stems(['/a/clip.mp4', '/b/clip.mp4', '/c/CLIP.mov'], '/out')).toEqual(['clip', 'clip-2', 'CLIP-3']);
  expect(stems(['/a/clip.mp4', '/a/clip.mov'])).toEqual(['clip', 'clip-2']);
});

test('a result never takes the place of a source', () => {
  expect(stems(['/v/a.mp4', '/v/a.enhanced.mp4'])).toEqual(['a-2', 'a.enhanced']);
  expect(stems(['/v/a.mp4', '/v/A.Enhanced.AVI'])[0]).toBe('a-2');
});

test('no two results, and no result and source, ever share a path', () => {
  const name = fc.constantFrom('a.mp4', 'A.mp4', 'a.mov', 'a-2.mp4', 'a.enhanced.mp4', 'a-2.enhanced.mp4', 'b.avi');
  const path = fc.tuple(fc.constantFrom('/x', '/y'), name).map(([folder, file]) => join(folder, file));
  fc.assert(
    fc.property(fc.uniqueArray(path), fc.option(fc.constantFrom('/x', '/z'), { nil: undefined }), (paths, folder) => {
      const targets = chooseTargets(paths.map(source), folder);
      const written = targets.flatMap(({ folder: into, stem }) => [
        join(into, videoName(stem, 'video/mp4')),
        join(into, videoName(stem, 'video/x-msvideo')),
        join(into, metadataName(stem)),
      ]);
      const all = [...written, ...paths].map((each) => each.toLowerCase());
      // Sources that differ in case alone are the caller's own.
      const sources = new Set(paths.map((each) => each.toLowerCase()));
      expect(new Set(all).size).toBe(written.length + sources.size);
      for (const [at, { folder: into, stem }] of targets.entries()) {
        const from = paths[at] ?? '';
        expect(into).toBe(folder ?? dirname(from));
        expect(stem.startsWith(basename(from, extname(from)))).toBe(true);
      }
    }),
  );
});

test('the type declared follows the extension, and is always a video', () => {
  expect(contentTypeOf('/v/a.MKV')).toBe('video/x-matroska');
  for (const odd of ['/v/a', '/v/a.txt', '/v/.mp4', '/v/a.mp4.bak']) expect(contentTypeOf(odd)).toBe('video/mp4');
});

test('control characters in a name are not told to the server', () => {
  expect(nameToTell(source('/v/a\nb\x1b[31m.mp4'))).toBe('a_b_[31m.mp4');
});
