import { VIDEO_TYPES } from '../../core/video-type.ts';

/** For file pickers, which know some containers by their extensions only. */
export const ACCEPTED = ['video/*', ...Object.keys(VIDEO_TYPES).map((extension) => `.${extension}`)].join();
