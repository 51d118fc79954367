/** Containers that browsers do not know by name. What the type says is a hint; the bytes decide. */
const TYPES: Record<string, string> = {
  '3gp': 'video/3gpp',
  avi: 'video/x-msvideo',
  flv: 'video/x-flv',
  m2ts: 'video/mp2t',
  m4v: 'video/x-m4v',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  mts: 'video/mp2t',
  mxf: 'video/mxf',
  ogv: 'video/ogg',
  ts: 'video/mp2t',
  webm: 'video/webm',
  wmv: 'video/x-ms-wmv',
};

/** For file pickers, which know some containers by their extensions only. */
export const ACCEPTED = ['video/*', ...Object.keys(TYPES).map((extension) => `.${extension}`)].join();

/** The type to declare, or undefined for what does not look like a video. */
export function videoTypeOf({ name, type }: { name: string; type: string }): string | undefined {
  if (/^video\/[\w.+-]+$/i.test(type)) return type;
  return TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}
