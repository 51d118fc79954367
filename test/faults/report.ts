import type { Report } from './session.ts';

/** What is printed at the end: the faults and how often they took effect, and what became of the promises. */
export function tell({ counts, violations, videos, notices, polls, counted }: Report, seed: number): string {
  const width = Math.max(...[...counts.keys()].map((name) => name.length));
  const rows = [...counts].map(([name, { struck, fired }]) => {
    const what = struck === 0 ? 'had no turn' : fired === 0 ? 'never had its moment' : `fired ${fired}`;
    return `  ${name.padEnd(width)}  ${what}`;
  });
  const ends = Object.entries(videos).map(([end, count]) => `${count} ${end}`);
  const verdict =
    violations.length === 0
      ? 'Every promise was kept.'
      : [
          `${violations.length} promises were broken (seed ${seed}):`,
          ...violations.map(({ rule, what, detail }) => `  ${rule}: ${[what, detail].filter(Boolean).join(', ')}`),
        ].join('\n');
  return [
    'Faults',
    ...rows,
    '',
    `Videos: ${ends.join(', ')}. Seen in ${notices} notices and ${polls} looks; pieces counted ${counted} times.`,
    verdict,
  ].join('\n');
}
