import type { Scene } from '../analysis.ts';
import { type Repair, short } from './repairs/repair.ts';

/** A setting, and when it is in force. */
export interface Spell<S> {
  setting: S;
  when: Span[];
}

/** Seconds from the first picture; `end` is exclusive, infinite for what lasts to the end. */
export interface Span {
  start: number;
  end: number;
}

type Setting = number | object;
type Settings<S> = Pick<Repair<S>, 'distance' | 'mix' | 'none'>;
type When = Pick<Scene, 'start' | 'end' | 'begins'>;
type Seen = When & Pick<Scene, 'measures'>;

/** How long a change takes where a scene comes gradually. */
const HAND_OVER = 1;
/** So far before its time a setting comes into force: less than a picture lasts, more than times are rounded by. */
const EARLY = 0.002;

/**
 * Which setting is in force when. Scenes whose settings are as good as the same share one, wherever they are: a talk
 * between two cameras has two, however often it is cut. Where a scene comes gradually, its setting does, too.
 *
 * @param most settings at a time, and as many again as steps between them: each is a filter in the graph
 */
export function spellsOf<S extends Setting>(
  scenes: Seen[],
  settings: (S | null)[],
  repair: Settings<S>,
  most: number,
): Spell<S>[] {
  const shared = share(scenes, settings, repair, most);
  const spans = scenes.map((scene, i) => ({
    start: i === 0 ? 0 : scene.start,
    end: i === scenes.length - 1 ? Number.POSITIVE_INFINITY : scene.end,
  }));
  const steps = handOvers(scenes, spans, shared, repair, most);
  const spells = new Map<S, Span[]>();
  shared.forEach((setting, i) => {
    const span = spans[i];
    if (setting === null || !span || span.end <= span.start) return;
    const when = spells.get(setting) ?? [];
    const last = when.at(-1);
    if (last && last.end === span.start) last.end = span.end;
    else when.push(span);
    spells.set(setting, when);
  });
  return [...[...spells].map(([setting, when]) => ({ setting, when })), ...steps];
}

/** The filters, each in force when its setting is. */
export function inForce<S>(spells: Spell<S>[], filters: (setting: S) => string[], start = 0): string[] {
  return spells.flatMap(({ setting, when }) => filters(setting).map((filter) => `${filter}${enable(when, start)}`));
}

function enable(when: Span[], start: number): string {
  const [first] = when;
  if (when.length === 1 && first && first.start === 0 && first.end === Number.POSITIVE_INFINITY) return '';
  const spans = when.map((span) => {
    const from = span.start === 0 ? '' : `gte(t,${short(span.start + start - EARLY)})`;
    const to = span.end === Number.POSITIVE_INFINITY ? '' : `lt(t,${short(span.end + start - EARLY)})`;
    return [from, to].filter(Boolean).join('*');
  });
  return `:enable='${spans.join('+')}'`;
}

/**
 * One and the same object for all scenes that share a setting: of each as much as it was seen. Samples are spread evenly,
 * and where scenes begin need not be known for this, which takes long to find out.
 */
function share<S extends Setting>(
  scenes: Seen[],
  settings: (S | null)[],
  repair: Settings<S>,
  most: number,
): (S | null)[] {
  const groups = settings.flatMap((setting, i) => {
    const samples = scenes[i]?.measures.length ?? 1;
    return setting === null ? [] : [{ setting, samples, scenes: [i] }];
  });
  for (;;) {
    let closest = { distance: Number.POSITIVE_INFINITY, a: 0, b: 0 };
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const [one, other] = [groups[a], groups[b]];
        if (!one || !other) continue;
        const distance = repair.distance(one.setting, other.setting);
        if (distance < closest.distance) closest = { distance, a, b };
      }
    }
    if (closest.distance >= 1 && groups.length <= most) break;
    const [one, other] = [groups[closest.a], groups[closest.b]];
    if (!one || !other) break;
    groups.splice(closest.b, 1);
    groups[closest.a] = {
      setting: repair.mix(one.setting, other.setting, other.samples / (one.samples + other.samples)),
      samples: one.samples + other.samples,
      scenes: [...one.scenes, ...other.scenes],
    };
  }
  return settings.map((_, i) => groups.find(({ scenes }) => scenes.includes(i))?.setting ?? null);
}

interface Boundary {
  at: number;
  half: number;
  /** From the lower of the pair to the upper, or the other way round. */
  forward: boolean;
}

interface Pair<S> {
  from: S;
  to: S;
  boundaries: Boundary[];
}

/** Steps from one setting to the next, around each gradual beginning; the spans of the scenes make room for them. */
function handOvers<S extends Setting>(
  scenes: When[],
  spans: Span[],
  settings: (S | null)[],
  repair: Settings<S>,
  most: number,
): Spell<S>[] {
  const different = [...new Set(settings)];
  const pairs = new Map<string, Pair<S>>();
  for (let i = 1; i < scenes.length; i++) {
    const scene = scenes[i];
    const [last, next] = [spans[i - 1], spans[i]];
    const before: S | null = settings[i - 1] ?? null;
    const after: S | null = settings[i] ?? null;
    if (scene?.begins !== 'gradual' || before === after || !last || !next) continue;
    const lasts = (span: Span) => Math.min(span.end, span.start + HAND_OVER) - span.start;
    const half = Math.min(HAND_OVER, lasts(last), lasts(next)) / 2;
    const [a, b] = [different.indexOf(before), different.indexOf(after)];
    const forward = a < b;
    const key = forward ? `${a},${b}` : `${b},${a}`;
    const fresh: Pair<S> = {
      from: (forward ? before : after) ?? repair.none,
      to: (forward ? after : before) ?? repair.none,
      boundaries: [],
    };
    const pair = pairs.get(key) ?? fresh;
    pair.boundaries.push({ at: scene.start, half, forward });
    pairs.set(key, pair);
    last.end = scene.start - half;
    next.start = scene.start + half;
  }
  const allowed = Math.floor(most / Math.max(pairs.size, 1));
  return [...pairs.values()].flatMap(({ from, to, boundaries }) => {
    const count = Math.min(Math.ceil(repair.distance(from, to)), allowed);
    return Array.from({ length: count }, (_, step) => ({
      setting: repair.mix(from, to, (step + 1) / (count + 1)),
      when: boundaries.map(({ at, half, forward }) => {
        const place = forward ? step : count - 1 - step;
        const width = (2 * half) / count;
        return { start: at - half + place * width, end: at - half + (place + 1) * width };
      }),
    }));
  });
}
