import { chance } from '../chance.ts';

/** Whole numbers from 0 on and below what is asked, always the same ones for a seed. */
export function randomFrom(seed: number): (below: number) => number {
  const next = chance(seed);
  return (below) => Math.floor(next() * below);
}

type Random = ReturnType<typeof randomFrom>;
type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Numbers at which programs stumble. */
const EDGES = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

const mutations: Record<string, Mutation> = {
  'flips bits': (bytes, random) => {
    for (let left = 1 + random(30); left > 0; left--) {
      const at = placeIn(bytes, random);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    }
    return bytes;
  },
  'sets numbers': (bytes, random) => {
    for (let left = 1 + random(8); left > 0; left--) {
      const at = Math.min(placeIn(bytes, random), bytes.length - 4);
      const value = EDGES[random(EDGES.length)] ?? 0;
      if (random(2)) bytes.writeUInt32BE(value, at);
      else bytes.writeUInt32LE(value, at);
    }
    return bytes;
  },
  'overwrites a stretch with noise': (bytes, random) => {
    const at = placeIn(bytes, random);
    const end = Math.min(bytes.length, at + 1 + random(2000));
    for (let i = at; i < end; i++) bytes[i] = random(256);
    return bytes;
  },
  'leaves a stretch out': (bytes, random) => {
    const at = placeIn(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(3000))]);
  },
  'repeats a stretch': (bytes, random) => {
    const at = placeIn(bytes, random);
    const stretch = bytes.subarray(at, at + 1 + random(3000));
    const times = Array.from({ length: 1 + random(20) }, () => stretch);
    return Buffer.concat([bytes.subarray(0, at), ...times, bytes.subarray(at)]);
  },
  'swaps two stretches': (bytes, random) => {
    const length = 1 + random(2000);
    const [first = 0, second = 0] = [random(bytes.length - length), random(bytes.length - length)].sort(
      (a, b) => a - b,
    );
    if (second < first + length) return bytes;
    const parts = [
      bytes.subarray(0, first),
      bytes.subarray(second, second + length),
      bytes.subarray(first + length, second),
      bytes.subarray(first, first + length),
      bytes.subarray(second + length),
    ];
    return Buffer.concat(parts);
  },
  'cuts off the end': (bytes, random) => bytes.subarray(0, 1 + random(bytes.length)),
};

/** One of many ways in which the file can be wrong, and its name. The seed alone decides which. */
export function mutated(file: Buffer, seed: number): { bytes: Buffer; how: string } {
  const random = randomFrom(seed);
  const names = Object.keys(mutations);
  let bytes: Buffer = Buffer.from(file);
  const done: string[] = [];
  for (let left = 1 + random(3); left > 0 && bytes.length > 5000; left--) {
    const name = names[random(names.length)] ?? '';
    bytes = mutations[name]?.(bytes, random) ?? bytes;
    done.push(name);
  }
  return { bytes, how: done.join(', ') };
}

/** Anywhere; but every second time near the beginning or the end, where headers are. */
function placeIn({ length }: Buffer, random: Random): number {
  const near = Math.min(length, 1200);
  switch (random(4)) {
    case 0:
      return random(near);
    case 1:
      return length - 1 - random(near);
    default:
      return random(length);
  }
}
