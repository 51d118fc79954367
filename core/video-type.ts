/**
 * Video containers by extension, for those that browsers and systems do not know by name. What the type says is only a
 * hint, but players and people see it; the bytes decide.
 */
export const VIDEO_TYPES: Record<string, string> = {
  '3g2': 'video/3gpp2',
  '3gp': 'video/3gpp',
  apng: 'video/x-apng',
  asf: 'video/x-ms-asf',
  avi: 'video/x-msvideo',
  dv: 'video/x-dv',
  f4v: 'video/mp4',
  flv: 'video/x-flv',
  // An image to others: here, an animation without sound.
  gif: 'video/x-gif',
  m2v: 'video/mpeg',
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
  vob: 'video/mpeg',
  webm: 'video/webm',
  wmv: 'video/x-ms-wmv',
  wtv: 'video/x-ms-wtv',
};

/** The type of a file, as it is declared or else by its name; undefined for what does not look like a video. */
export function videoTypeOf({ name, type = '' }: { name: string; type?: string }): string | undefined {
  if (/^video\/[\w.+-]+$/i.test(type)) return type;
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(VIDEO_TYPES, extension) ? VIDEO_TYPES[extension] : undefined;
}
