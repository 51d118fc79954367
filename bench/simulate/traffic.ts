import { type Random, random } from './random.ts';
import type { Clip } from './work.ts';

/** What people upload, of a hundred. The simulation knows no other lengths, so that its plans can be made once. */
export const CLASSES = [
  { name: 'short', weight: 50, lengths: [5, 10, 15, 20] },
  { name: 'clip', weight: 35, lengths: [60, 120, 180, 300] },
  { name: 'episode', weight: 12, lengths: [1200, 1800, 2700] },
  { name: 'film', weight: 3, lengths: [10_800] },
] as const;
export type ClassName = (typeof CLASSES)[number]['name'];

/** Against 720p: by their pixels, as encoding goes. */
const SIZES = [
  { weight: 40, times: 1 },
  { weight: 60, times: 2.25 },
];
/** Some content is three times as hard to encode as other: evenly, by its logarithm, about the measured one. */
const HARDNESS = Math.log(Math.sqrt(3));

const mean = (of: readonly { weight: number; value: number }[]) =>
  of.reduce((sum, { weight, value }) => sum + weight * value, 0) / of.reduce((sum, { weight }) => sum + weight, 0);
/** Of what is uploaded: how hard it is, and how many seconds it lasts. */
export const MEAN_WEIGHT =
  (mean(SIZES.map(({ weight, times }) => ({ weight, value: times }))) * Math.sinh(HARDNESS)) / HARDNESS;
export const MEAN_SECONDS = mean(
  CLASSES.map(({ weight, lengths }) => {
    return { weight, value: lengths.reduce((sum: number, length) => sum + length, 0) / lengths.length };
  }),
);

/** Of a hundred uploads, those that browsers do not play: what phones record in HEVC, for the most part. */
const PROXIES = 30;

export interface Arrival extends Clip {
  /** Seconds from the beginning. */
  at: number;
  class: ClassName;
}

export interface Traffic {
  hours: number;
  /** Uploads that have nothing to do with each other. */
  perHour: number;
  /** Many at once, within a minute: so many hours apart, the first in the middle of the first stretch. */
  bursts?: { videos: number; every: number };
}

export function arrivals(traffic: Traffic, seed: number): Arrival[] {
  const chance = random(seed);
  const end = traffic.hours * 3600;
  const made: Arrival[] = [];
  const deck = dealing(chance);
  const gap = () => chance.exponential(3600 / traffic.perHour);
  for (let at = gap(); at < end; at += gap()) made.push(upload(at, chance, deck));
  const { videos = 0, every = traffic.hours } = traffic.bursts ?? {};
  for (let middle = (every * 3600) / 2; middle < end; middle += every * 3600) {
    for (let i = 0; i < videos; i++) made.push(upload(middle + chance.between(0, 60), chance, deck));
  }
  return made.toSorted((a, b) => a.at - b.at);
}

type Kind = (typeof CLASSES)[number];

/** Of a hundred uploads, as many of each kind as its weight says: a day without a film would tell nothing about them. */
function dealing(chance: Random): () => Kind {
  let cards: Kind[] = [];
  return () => {
    if (cards.length === 0) cards = CLASSES.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
    const [card] = cards.splice(Math.floor(chance.next() * cards.length), 1);
    return card ?? CLASSES[0];
  };
}

function upload(at: number, chance: Random, deal: () => Kind): Arrival {
  const { name, lengths } = deal();
  const seconds = lengths[Math.floor(chance.next() * lengths.length)] ?? lengths[0];
  const weight = chance.pick(SIZES).times * Math.exp(chance.between(-HARDNESS, HARDNESS));
  const proxy = chance.next() * 100 < PROXIES;
  return { at, class: name, seconds, weight, proxy };
}
