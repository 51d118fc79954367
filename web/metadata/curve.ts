/** The drawing's own units. */
export const WIDTH = 256;
export const HEIGHT = 80;

/**
 * A histogram as the outline of an area, standing on the lower edge. The tallest of all channels reaches the top; square
 * roots, or one dark scene would flatten everything else.
 *
 * @param bins counts, or any measure of them
 * @param tallest of all that are drawn together
 */
export function curve(bins: readonly number[], tallest: number): string {
  if (bins.length === 0 || tallest <= 0) return '';
  const step = WIDTH / bins.length;
  const points = bins.map((bin, at) => {
    const y = HEIGHT * (1 - Math.sqrt(Math.max(0, bin) / tallest));
    return `L${round((at + 0.5) * step)} ${round(y)}`;
  });
  return `M0 ${HEIGHT}${points.join('')}L${WIDTH} ${HEIGHT}Z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
