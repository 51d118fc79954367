import type { Analysis } from '../analysis.ts';
import type { Finding } from '../report.ts';
import { findingsOf } from './findings.ts';
import { lookOf } from './look.ts';
import type { FilterPlan, Picture, Profile } from './profile.ts';
import { deblock } from './repairs/deblock.ts';
import { denoise, denoiseOverTime } from './repairs/denoise.ts';
import type { FilterRepair } from './repairs/repair.ts';
import { sharpen } from './repairs/sharpen.ts';
import { chromaYuv, fromRgb, hasCast, lookupRgb, lookupYuv, TO_RGB } from './repairs/tone.ts';
import { judgeTones, tone } from './repairs/tone-of-scene.ts';
import { inForce, type Spell, spellsOf } from './timeline.ts';

/** Settings of one repair in one graph: more than this, and the closest ones are shared. Bounds the graph's length. */
const MOST = { tones: 6, others: 3 };

/**
 * Looks at each scene, mends what is wrong with it, and leaves a good one alone: then the graph is empty and pictures
 * pass as they are. In the order in which damage is undone: what the coder did, what the sensor did, what the light did,
 * what the lens did.
 */
export const adaptive: Profile = {
  name: 'adaptive',
  summary: 'Looks at each scene, mends what is wrong with it and leaves the rest as it is.',
  analyses: true,
  plan: (picture, analysis) => (analysis ? planFor(picture, analysis) : { ...untouched(picture), findings: [] }),
};

function planFor(picture: Picture, analysis: Analysis): FilterPlan {
  const { scenes } = analysis;
  const looks = scenes.map(lookOf);
  const tones = judgeTones(scenes, looks);
  const blocks = looks.map(deblock.judge);
  const noise = looks.map(denoise.judge);
  const edges = looks.map(sharpen.judge);
  const spells = spellsOf(
    scenes,
    tones.map(({ setting }) => setting),
    tone,
    MOST.tones,
  );
  const graph = [
    ...filtersOf(deblock, blocks.map(settingOf)),
    ...denoiseOverTime(noise.map(settingOf)),
    ...filtersOf(denoise, noise.map(settingOf)),
    ...toneFilters(spells, picture),
    ...filtersOf(sharpen, edges.map(settingOf)),
  ];
  const perScene = scenes.map((_, i): Finding[] => [
    ...(tones[i]?.findings ?? []),
    ...[noise[i], blocks[i], edges[i]].flatMap((judged) => (judged ? [judged.finding] : [])),
  ]);
  return {
    graph: graph.join(','),
    color: untouched(picture).color,
    findings: findingsOf(scenes, perScene, analysis.bars),
  };

  function filtersOf<S extends number | object>(repair: FilterRepair<S>, settings: (S | null)[]): string[] {
    return inForce(spellsOf(scenes, settings, repair, MOST.others), repair.filters, picture.start);
  }
}

/** In RGB only where a cast has to be mended somewhere: the way there and back costs more than all the rest of it. */
function toneFilters(spells: Spell<Parameters<typeof lookupYuv>[0]>[], { color, start }: Picture): string[] {
  if (spells.length === 0) return [];
  if (!spells.some(({ setting }) => hasCast(setting))) {
    return inForce(spells, (setting) => [lookupYuv(setting)], start);
  }
  // There, colours are stretched along with the levels; what is left is what they are to be more, or clearly less, than
  // that.
  const colors = spells.flatMap(({ setting, when }) => {
    const more = (setting.chroma * (setting.white - setting.black)) / 255 / setting.light ** 0.45;
    return more > 1.02 || more < 0.88 ? [{ setting: more, when }] : [];
  });
  return [
    ...TO_RGB,
    ...inForce(spells, (setting) => [lookupRgb(setting)], start),
    ...fromRgb(color),
    ...inForce(colors, (chroma) => [chromaYuv(chroma)], start),
  ];
}

function untouched({ color }: Picture): Pick<FilterPlan, 'graph' | 'color'> {
  return { graph: '', color: { ...color, range: 'tv' } };
}

function settingOf<S>({ setting }: { setting: S | null }): S | null {
  return setting;
}
