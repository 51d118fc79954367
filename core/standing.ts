/** The state of a whole video, drawn from its parts. */
export type VideoStatus = 'awaiting_upload' | 'uploaded' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** What the state hangs on, as the record has it and as it is told. */
export interface Parts {
  upload: { status: string };
  processes: Record<string, { status: string }>;
}

/** Where the whole of a video stands: drawn alike by the server and by who follows its processes. */
export function standingOf({ upload, processes }: Parts): VideoStatus {
  const statuses = Object.values(processes).map(({ status }) => status);
  if (statuses.includes('failed')) return 'failed';
  if (statuses.includes('cancelled')) return 'cancelled';
  if (upload.status === 'awaiting') return 'awaiting_upload';
  if (statuses.every((status) => status === 'completed')) return 'completed';
  return statuses.every((status) => status === 'pending') ? 'uploaded' : 'processing';
}
