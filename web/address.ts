/**
 * Where a file is, for players and pictures. Files keep their path when a video is worked on once more; the ETag in the
 * query makes it another address, so that the browser does not show what it kept of the older one.
 */
export const versioned = ({ path, etag }: { path: string; etag: string }): string =>
  `${path}?v=${encodeURIComponent(etag)}`;
