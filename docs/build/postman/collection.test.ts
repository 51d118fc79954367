import { expect, it } from 'vitest';
import { openApi } from '../openapi.ts';
import { type Folder, postman } from './collection.ts';
import type { Item } from './requests.ts';

const http = await openApi();
const collection = postman(http);
const requestsIn = (items: (Item | Folder)[]): Item[] =>
  items.flatMap((each) => ('item' in each ? requestsIn(each.item) : [each]));
const requests = requestsIn(collection.item);
const addressOf = ({ request: { method, url } }: Item) =>
  `${method} /${typeof url === 'string' ? url : url.path.join('/')}`;

it('has every call of the document, as it is there', () => {
  const documented = Object.entries(http.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/, '{{$1}}')}`),
  );
  const every = collection.item.find(({ name }) => name === 'Every call');
  expect(
    requestsIn(every?.item ?? [])
      .map(addressOf)
      .toSorted(),
  ).toEqual(documented.toSorted());
});

it('uses no variable that it does not declare', () => {
  const declared = new Set(collection.variable.map(({ key }) => key));
  const used = [...JSON.stringify(collection.item).matchAll(/\{\{(\w+)\}\}|collectionVariables\.\w+\('(\w+)'/g)];
  const names = new Set(used.map(([, inText, inScript]) => inText ?? inScript ?? ''));
  expect(names.size).toBeGreaterThan(5);
  expect([...names].filter((name) => !declared.has(name))).toEqual([]);
});

it('checks each answer with scripts that are JavaScript', () => {
  for (const { name, event = [] } of requests) {
    expect(
      event.map(({ listen }) => listen),
      name,
    ).toContain('test');
    for (const { script } of event) expect(() => new Function('pm', script.exec.join('\n')), name).not.toThrow();
  }
});

it('names requests so that a waiting one finds itself again', () => {
  const waiting = requests.filter(({ event }) => JSON.stringify(event).includes('setNextRequest'));
  expect(waiting).toHaveLength(2);
  for (const { name } of waiting) expect(requests.filter((other) => other.name === name)).toHaveLength(1);
});
