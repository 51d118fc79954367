import type { Rgb } from './chart.ts';

/** As the product promises: paper white at 203 cd/m², untouched up to half of its light, rolled off up to 1000. */
const KNEE = 0.5;
const PEAK = 1000 / 203;

/** What becomes of a standard colour that came as HDR at its own brightness, by way of BT.1886 and back. */
export function throughHdr(color: Rgb): Rgb {
  const light = color.map((value) => (value / 255) ** 2.4);
  const most = Math.max(...light, 1e-6);
  const scale = rolledOff(most) / most;
  const [r = 0, g = 0, b = 0] = light.map((value) => 255 * (value * scale) ** (1 / 2.4));
  return [r, g, b];
}

/**
 * A Möbius transformation that is the identity up to the knee, goes on without a corner there, and takes the peak to 1.
 */
function rolledOff(light: number): number {
  if (light <= KNEE) return light;
  const a = (-KNEE * KNEE * (PEAK - 1)) / (KNEE * KNEE - 2 * KNEE + PEAK);
  const b = (KNEE * KNEE - 2 * KNEE * PEAK + PEAK) / Math.max(PEAK - 1, 1e-6);
  return (((b * b + 2 * b * KNEE + KNEE * KNEE) / (b - a)) * (light + a)) / (light + b);
}
