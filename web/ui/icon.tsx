/** Drawn on 24 × 24, in the text's colour. Always beside words, or in a button that has a name. */
const PATHS = {
  play: 'M8 5.2v13.6c0 .8.9 1.3 1.6.8l10-6.8c.6-.4.6-1.2 0-1.6l-10-6.8c-.7-.5-1.6 0-1.6.8Z',
  pause: 'M7 5h3.4v14H7zM13.6 5H17v14h-3.4z',
  upload: 'M12 3.5 6.8 8.7l1.4 1.4L11 7.3V16h2V7.3l2.8 2.8 1.4-1.4ZM5 18.5h14v2H5z',
  download: 'M12 16.5 6.8 11.3l1.4-1.4 2.8 2.8V4h2v8.7l2.8-2.8 1.4 1.4ZM5 18.5h14v2H5z',
  link: 'M10.6 13.4a1 1 0 0 1-1.4 0 4.5 4.5 0 0 1 0-6.4l3-3a4.5 4.5 0 0 1 6.4 6.4l-1.4 1.4-1.4-1.4 1.4-1.4a2.5 2.5 0 0 0-3.6-3.6l-3 3a2.5 2.5 0 0 0 0 3.6 1 1 0 0 1 0 1.4Zm2.8-2.8a1 1 0 0 1 1.4 0 4.5 4.5 0 0 1 0 6.4l-3 3a4.5 4.5 0 0 1-6.4-6.4l1.4-1.4 1.4 1.4-1.4 1.4a2.5 2.5 0 0 0 3.6 3.6l3-3a2.5 2.5 0 0 0 0-3.6 1 1 0 0 1 0-1.4Z',
  trash: 'M9 3h6l1 2h4v2H4V5h4Zm-3.5 5.5h13L17.6 21H6.4Zm4 2.5v7.5h1.6V11Zm3.4 0v7.5h1.6V11Z',
  retry: 'M12 5a7 7 0 1 1-6.7 5l1.9.6A5 5 0 1 0 12 7v3.2L7 6l5-4.2Z',
  stop: 'M6.5 6.5h11v11h-11z',
  close: 'm6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4Z',
  back: 'm10.5 5.5 1.4 1.4L7.8 11H20v2H7.8l4.1 4.1-1.4 1.4L4 12Z',
  search:
    'M10.5 4a6.5 6.5 0 0 1 5.2 10.4l4.5 4.5-1.4 1.4-4.5-4.5A6.5 6.5 0 1 1 10.5 4Zm0 2a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z',
  check: 'm9.6 17.6-5.2-5.2L5.8 11l3.8 3.8 8.6-8.6 1.4 1.4Z',
  wand: 'M14.5 3.5 16 7l3.5 1.5L16 10l-1.5 3.5L13 10 9.5 8.5 13 7ZM9.6 11.2l1.7 1.7-7 7-1.8-1.7Zm9.4 3 .8 2 2 .8-2 .8-.8 2-.8-2-2-.8 2-.8Z',
  hand: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm-4 6h8v2H8Z',
  alert: 'M12 3.2 22.2 21H1.8Zm0 4L5.3 19h13.4ZM11 11h2v4h-2Zm0 5.2h2v1.8h-2Z',
  sound:
    'M4 9h4l5-4.5v15L8 15H4Zm11.5-.9a5 5 0 0 1 0 7.8l-1.1-1.6a3 3 0 0 0 0-4.6Zm2.3-3.2a9 9 0 0 1 0 14.2l-1.2-1.6a7 7 0 0 0 0-11Z',
  muted:
    'M4 9h4l5-4.5v15L8 15H4Zm11.4.4 1.4-1.4 2.1 2.1L21 8l1.4 1.4-2.1 2.1 2.1 2.1L21 15l-2.1-2.1-2.1 2.1-1.4-1.4 2.1-2.1Z',
  full: 'M4 4h6v2H6v4H4Zm10 0h6v6h-2V6h-4ZM4 14h2v4h4v2H4Zm14 0h2v6h-6v-2h4Z',
  film: 'M4 5h16v14H4Zm2 2v2h2V7Zm10 0v2h2V7ZM6 11v2h2v-2Zm10 0v2h2v-2ZM6 15v2h2v-2Zm10 0v2h2v-2Zm-6-8v10h4V7Z',
  divide: 'M11 3h2v18h-2ZM8 8v8l-5-4Zm8 0 5 4-5 4Z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
