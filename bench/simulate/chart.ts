/** A line of a chart: its points by their values. */
export interface Series {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  title: string;
  x: { title: string; marks: readonly (readonly [value: number, text: string])[] };
  y: { title: string; marks: readonly (readonly [value: number, text: string])[] };
  series: readonly Series[];
}

const [WIDTH, HEIGHT] = [720, 400];
const EDGE = { left: 84, right: 92, top: 44, bottom: 52 };
/** Pixels of a line of text. */
const LINE = 15;
/** Told apart without colours, too: by Okabe and Ito. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** Both axes by their logarithms. Reads on light and on dark pages. */
export function svg({ title, x, y, series }: Chart): string {
  const scale = (values: number[], from: number, to: number) => {
    const [least, most] = [Math.min(...values), Math.max(...values)].map(Math.log);
    return (value: number) => from + ((Math.log(value) - (least ?? 0)) / ((most ?? 1) - (least ?? 0))) * (to - from);
  };
  const across = scale(
    x.marks.map(([value]) => value),
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const up = scale(
    y.marks.map(([value]) => value),
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const text = (at: [number, number], words: string, more = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words}</text>`;
  const grid = [
    ...x.marks.map(([value, words]) => {
      const at = across(value).toFixed(1);
      return `<path class="grid" d="M${at} ${EDGE.top}V${HEIGHT - EDGE.bottom}"/>${text([Number(at), HEIGHT - EDGE.bottom + 18], words, 'text-anchor="middle"')}`;
    }),
    ...y.marks.map(([value, words]) => {
      const at = up(value).toFixed(1);
      return `<path class="grid" d="M${EDGE.left} ${at}H${WIDTH - EDGE.right}"/>${text([EDGE.left - 8, Number(at) + 4], words, 'text-anchor="end"')}`;
    }),
  ];
  const names = apart(series.map(({ points }) => up(points.at(-1)?.[1] ?? 1)));
  const lines = series.map(({ name, points }, i) => {
    const path = points
      .map(([px, py], n) => `${n === 0 ? 'M' : 'L'}${across(px).toFixed(1)} ${up(py).toFixed(1)}`)
      .join('');
    const color = COLORS[i % COLORS.length];
    const label = text([WIDTH - EDGE.right + 8, (names[i] ?? 0) + 4], name, `style="fill:${color};font-weight:600"`);
    return `<path fill="none" stroke="${color}" stroke-width="2" d="${path}"/>${label}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#778}.grid{stroke:#8886;fill:none}</style>',
    text([EDGE.left, 22], title, 'style="font-size:14px;font-weight:600"'),
    ...grid,
    ...lines,
    text([(EDGE.left + WIDTH - EDGE.right) / 2, HEIGHT - 12], x.title, 'text-anchor="middle"'),
    text([EDGE.left, EDGE.top - 8], y.title),
    '</svg>',
    '',
  ].join('\n');
}

/** Names that would lie upon each other are moved down. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights];
  let least = Number.NEGATIVE_INFINITY;
  for (const [i] of [...heights.entries()].toSorted(([, a], [, b]) => a - b)) {
    moved[i] = Math.max(heights[i] ?? 0, least);
    least = (moved[i] ?? 0) + LINE;
  }
  return moved;
}
