import type { Rgb } from './chart.ts';

export type Lab = readonly [number, number, number];

/** How different two sRGB colours look: about 1 is the least that people see, beside each other. */
export function deltaE(one: Rgb, other: Rgb): number {
  return ciede2000(lab(one), lab(other));
}

/** Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula" (2005), equations 2 to 22 */
export function ciede2000([L1, a1, b1]: Lab, [L2, a2, b2]: Lab): number {
  const meanC = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const G = 0.5 * (1 - Math.sqrt(meanC ** 7 / (meanC ** 7 + 25 ** 7)));
  const [C1, C2] = [Math.hypot(a1 * (1 + G), b1), Math.hypot(a2 * (1 + G), b2)];
  const [h1, h2] = [hue(a1 * (1 + G), b1), hue(a2 * (1 + G), b2)];
  const colorless = C1 * C2 === 0;
  const turn = colorless ? 0 : wrap(h2 - h1);
  const dL = L2 - L1;
  const dC = C2 - C1;
  const dH = 2 * Math.sqrt(C1 * C2) * Math.sin(radians(turn) / 2);
  const L = (L1 + L2) / 2;
  const C = (C1 + C2) / 2;
  const h = colorless ? h1 + h2 : h1 + turn / 2;
  const T =
    1 -
    0.17 * Math.cos(radians(h - 30)) +
    0.24 * Math.cos(radians(2 * h)) +
    0.32 * Math.cos(radians(3 * h + 6)) -
    0.2 * Math.cos(radians(4 * h - 63));
  const SL = 1 + (0.015 * (L - 50) ** 2) / Math.sqrt(20 + (L - 50) ** 2);
  const SC = 1 + 0.045 * C;
  const SH = 1 + 0.015 * C * T;
  const theta = 30 * Math.exp(-(((((h + 360) % 360) - 275) / 25) ** 2));
  const RT = -2 * Math.sqrt(C ** 7 / (C ** 7 + 25 ** 7)) * Math.sin(radians(2 * theta));
  return Math.sqrt((dL / SL) ** 2 + (dC / SC) ** 2 + (dH / SH) ** 2 + RT * (dC / SC) * (dH / SH));
}

/** IEC 61966-2-1 to CIE L*a*b* under D65. */
function lab(color: Rgb): Lab {
  const [r = 0, g = 0, b = 0] = color.map((value) => {
    const v = Math.min(255, Math.max(0, value)) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function f(t: number): number {
  return t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116;
}

function hue(a: number, b: number): number {
  return a === 0 && b === 0 ? 0 : ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
}

function wrap(degrees: number): number {
  return degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
