/**
 * Where objects live. A key in the files bucket that people may fetch equals its public path, so the edge needs no
 * look-up: `GET /processed_videos/{file_id}` is the object `processed_videos/{file_id}`.
 */

/** In the uploads bucket. */
export const sourceKey = (fileId: string): string => `uploads/${fileId}`;

/** In the files bucket, served to people. */
export const enhancedKey = (fileId: string): string => `processed_videos/${fileId}`;
export const metadataKey = (fileId: string): string => `metadata/${fileId}.json`;
/** The source as browsers play it: itself where they do. */
export const sharedSourceKey = (fileId: string): string => `source_videos/${fileId}`;
/** A JPEG, which everything shows, and beside it the same in WebP, smaller: keys are paths, so nobody can negotiate. */
export const posterKey = (fileId: string): string => `posters/${fileId}`;
export const webpPosterKey = (fileId: string): string => `posters/${fileId}.webp`;

/** All that people may fetch of a video. */
export const publicKeys = (fileId: string): string[] =>
  [enhancedKey, metadataKey, sharedSourceKey, posterKey, webpPosterKey].map((key) => key(fileId));

/** The video that a file belongs to, by its public path without the slash; undefined for any other path. */
export const fileIdOfPublic = (key: string): string | undefined => {
  const fileId = /\/([0-9a-f-]{36})(\.\w+)?$/.exec(key)?.[1];
  return fileId && publicKeys(fileId).includes(key) ? fileId : undefined;
};

/** In the files bucket, not served: what workers wrote under their claims, before it is promoted or put together. */
export const workPrefix = (fileId: string): string => `attempts/${fileId}/`;
/** That of one attempt: what is removed with it touches no other. */
export const attemptPrefix = (fileId: string, attempt: number): string => `${workPrefix(fileId)}${attempt}/`;
/** Under its fence, so that a worker that was replaced can neither overwrite nor remove what its successor wrote. */
export const attemptKey = (fileId: string, attempt: number, fence: number, name: string): string =>
  `${attemptPrefix(fileId, attempt)}${fence}/${name}`;

/** The video a source key belongs to, or undefined for any other key. */
export function fileIdOfSource(key: string): string | undefined {
  return /^uploads\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/.exec(key)?.[1];
}

/** The video that a key of the files bucket belongs to, whatever lies there; undefined for any other key. */
export function fileIdOfOutput(key: string): string | undefined {
  return /^[a-z_]+\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b/.exec(key)?.[1];
}
