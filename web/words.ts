import type { ProfileName } from '../core/profiles/names.ts';

/** 1 234 567 → "1.2 MB". Powers of 1000, as file managers of most systems count. */
export function bytes(size: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** power;
  return `${power > 0 && value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** 3725.4 → "1:02:05". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** 3725.4 → "1 h 2 min"; 61 → "1 min 1 s"; 4.2 → "4.2 s". */
export function span(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  return joined(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
}

/** What a screen reader says of a position in a video. */
export function spokenTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const minutes = Math.floor(whole / 60);
  return minutes > 0 ? `${minutes} minutes ${whole % 60} seconds` : `${whole} seconds`;
}

function joined(a: number, unitA: string, b: number, unitB: string): string {
  return b > 0 ? `${a} ${unitA} ${b} ${unitB}` : `${a} ${unitA}`;
}

/** "today, 14:03", "yesterday, 09:10", "22 Nov 2026". */
export function when(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const day = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((day(now) - day(date)) / 86_400_000);
  if (days === 0) return `today, ${time}`;
  if (days === 1) return `yesterday, ${time}`;
  return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** "sd_bitrate" → "Sd bitrate". */
export function sentenceCase(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The profiles, the usual one first. Named here because core/profiles would bring all their code. */
export const PROFILES: Record<ProfileName, { name: string; does: string }> = {
  adaptive: { name: 'Adaptive', does: 'Looks at every scene and mends only what needs it.' },
  classic: { name: 'Classic', does: 'The same light, contrast and sharpening for every picture.' },
  passthrough: { name: 'As it is', does: 'Leaves the picture alone; makes it stream well everywhere.' },
};
export const PROFILE_ORDER = Object.keys(PROFILES) as ProfileName[];
