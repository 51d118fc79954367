import { expect, it } from 'vitest';
import { bytesSource } from '../../test/file-source.ts';
import { endInTail, endOfMatroska, isWholeMatroska } from './matroska-end.ts';

const { signal } = new AbortController();
const element = (id: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x10000000 + body.length);
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
};
const at = (ticks: number) => element('e7', Buffer.from([ticks >> 8, ticks & 0xff]));
const block = (track: number, time: number, bytes = 10) =>
  Buffer.concat([Buffer.from([0x80 | track, time >> 8, time & 0xff, 0]), Buffer.alloc(bytes)]);
const simple = (...args: Parameters<typeof block>) => element('a3', block(...args));
const grouped = (...args: Parameters<typeof block>) => element('a0', element('a1', block(...args)));
const cluster = (...parts: Buffer[]) => element('1f43b675', ...parts);
const endless = (...parts: Buffer[]) => Buffer.concat([Buffer.from('1f43b67501ffffffffffffff', 'hex'), ...parts]);

it('adds to the last block of each track what the block before it lasted', () => {
  const last = cluster(at(5000), simple(1, 0), simple(2, 10), simple(1, 40), grouped(2, 30), simple(1, 80));
  expect(endInTail(Buffer.concat([cluster(at(0), simple(1, 0)), last]))).toBe(5120);
});

it('reads clusters that do not say how long they are', () => {
  expect(
    endInTail(Buffer.concat([endless(at(100), simple(1, 0)), endless(at(200), simple(1, 0), simple(1, 33))])),
  ).toBe(266);
});

it('reads as far as the file goes', () => {
  const whole = cluster(at(1000), simple(1, 0), simple(1, 20), simple(1, 40, 500));
  expect(endInTail(whole.subarray(0, -400))).toBe(1060);
});

it('is not taken in by bytes that look like a cluster', () => {
  const disguised = Buffer.concat([
    cluster(at(300), simple(1, 0)),
    Buffer.from('ec84', 'hex'),
    Buffer.from('1f43b675', 'hex'),
  ]);
  expect(endInTail(disguised)).toBe(300);
  expect(endInTail(Buffer.from('1f43b675a3a3a3a3a3a3a3a3', 'hex'))).toBeUndefined();
  expect(endInTail(Buffer.alloc(1000))).toBeUndefined();
});

it('looks further back where the last cluster is large', async () => {
  const large = cluster(at(700), simple(1, 0, 600_000), simple(1, 50, 600_000));
  expect(await endOfMatroska(bytesSource(large), signal)).toBe(800);
  expect(await endOfMatroska(bytesSource(Buffer.alloc(3_000_000)), signal)).toBeUndefined();
});

it('tells a file that was cut off by what it says of its length', async () => {
  const file = Buffer.concat([
    element('1a45dfa3', Buffer.alloc(30)),
    element('18538067', cluster(at(0), simple(1, 0))),
  ]);
  expect(await isWholeMatroska(bytesSource(file), signal)).toBe(true);
  expect(await isWholeMatroska(bytesSource(Buffer.concat([file, Buffer.alloc(9)])), signal)).toBe(true);
  expect(await isWholeMatroska(bytesSource(file.subarray(0, -1)), signal)).toBe(false);
  const live = Buffer.from('1853806701ffffffffffffff', 'hex');
  expect(await isWholeMatroska(bytesSource(Buffer.concat([file.subarray(0, 38), live])), signal)).toBe(false);
  expect(await isWholeMatroska(bytesSource(Buffer.alloc(10)), signal)).toBe(false);
});
