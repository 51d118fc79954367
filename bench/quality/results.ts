import { DAMAGES, type Kind } from './damages.ts';
import { mean, type Scores } from './judge.ts';

export const WAYS = ['as it came', 'classic', 'adaptive'] as const;
export type Way = (typeof WAYS)[number];

/** One clip with one damage, in each way. */
export interface Result {
  clip: string;
  half: 'tuning' | 'held-out';
  kind: Kind;
  strength: 1 | 2;
  scores: Record<Way, Scores>;
  /** What was mended. */
  mended: string[];
}

export interface Goal {
  name: string;
  value: number;
  wanted: string;
  met: boolean;
}

/** What the bench has to show, on the given results. */
export function goalsOf(results: Result[]): Goal[] {
  const gain = (result: Result, score: keyof Scores) =>
    result.scores.adaptive[score] - result.scores['as it came'][score];
  const clean = results.filter(({ kind }) => kind === 'clean');
  const damaged = results.filter(({ kind }) => kind !== 'clean');
  const noisy = results.filter(({ kind }) => kind === 'noise');
  const lost = (score: 'vmaf' | 'psnr') => Math.max(...clean.map((result) => -gain(result, score)));
  const flicker = (way: Way) => mean(results.map(({ scores }) => scores[way].flicker));
  const goal = (name: string, value: number, wanted: string, met: boolean): Goal => ({ name, value, wanted, met });
  const [vmaf, psnr] = [lost('vmaf'), lost('psnr')];
  const damage = mean(damaged.map((result) => gain(result, 'vmaf')));
  const noise = mean(noisy.map((result) => gain(result, 'psnr')));
  const worst = Math.min(...damaged.map((result) => gain(result, 'vmaf')));
  const restless = flicker('adaptive') / flicker('as it came');
  return [
    goal('Clean clips lose, at most, VMAF-NEG', vmaf, '≤ 0.5', vmaf <= 0.5),
    goal('Clean clips lose, at most, PSNR-Y in dB', psnr, '≤ 0.2', psnr <= 0.2),
    goal('Damaged clips gain on average, VMAF-NEG', damage, '≥ 25', damage >= 25),
    goal('Noisy clips gain on average, PSNR-Y in dB', noise, '≥ 4', noise >= 4),
    goal('The damaged clip that fares worst, VMAF-NEG', worst, '≥ -1', worst >= -1),
    goal('Flicker against that of the source', restless, '≤ 1.1', restless <= 1.1),
  ];
}

/** Lines of Markdown: a row for each damage, means over clips. */
export function tableOf(results: Result[]): string[] {
  const cell = ({ vmaf, ssim, psnr }: Scores) => `${vmaf.toFixed(1)} / ${ssim.toFixed(3)} / ${psnr.toFixed(1)}`;
  const rows = DAMAGES.flatMap(({ kind, strength }) => {
    const those = results.filter((result) => result.kind === kind && result.strength === strength);
    if (those.length === 0) return [];
    const scores = (way: Way) => meanScores(those.map((result) => result.scores[way]));
    const gain = scores('adaptive').vmaf - scores('as it came').vmaf;
    const name = kind === 'clean' ? 'clean' : `${kind}, ${strength}`;
    return `| ${name} | ${WAYS.map((way) => cell(scores(way))).join(' | ')} | ${signed(gain)} |`;
  });
  return [`| damage, strength | ${WAYS.join(' | ')} | gain |`, '| --- | --- | --- | --- | --- |', ...rows];
}

export function goalTable(goals: Goal[]): string[] {
  const rows = goals.map(
    ({ name, value, wanted, met }) => `| ${name} | ${wanted} | ${value.toFixed(2)} | ${met ? 'yes' : '**no**'} |`,
  );
  return ['| goal | wanted | measured | met |', '| --- | --- | --- | --- |', ...rows];
}

/** Those that got worse: nobody has to search for them. */
export function harmed(results: Result[]): string[] {
  return results.flatMap(({ clip, kind, strength, scores }) => {
    const vmaf = scores.adaptive.vmaf - scores['as it came'].vmaf;
    const psnr = scores.adaptive.psnr - scores['as it came'].psnr;
    if (vmaf > -0.2 && psnr > -0.2) return [];
    return [`- ${clip}, ${kind} ${strength}: VMAF-NEG ${signed(vmaf)}, PSNR-Y ${signed(psnr)} dB`];
  });
}

function meanScores(all: Scores[]): Scores {
  const of = (score: keyof Scores) => mean(all.map((scores) => scores[score]));
  return { vmaf: of('vmaf'), ssim: of('ssim'), psnr: of('psnr'), flicker: of('flicker') };
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}
