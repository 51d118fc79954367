import { inParallel, type VideoRecord, type VideoState } from '../client/node.ts';
import type { HdrChoice } from '../core/hdr-choice.ts';
import { PROFILE_NAMES, type ProfileName } from '../core/profiles/names.ts';
import { LocalError } from '../local/errors.ts';
import { SERVER_OPTIONS, wantsColours } from './manual.ts';
import { serverCommand } from './on-server.ts';
import { openInBrowser } from './open-in-browser.ts';
import { isProfile, noSuchProfile } from './profile-name.ts';
import { tokenFrom } from './reach-server.ts';
import { bytes, painter, safe } from './reports/text.ts';
import { UsageError } from './usage.ts';

/* What can be asked of a Reelight that runs, about videos that it has. */

export const list = serverCommand({
  name: 'list',
  summary: 'show the videos that were sent from here',
  takes: 'nothing',
  about: `Shows the videos that this command line has sent, newest first: file_id, state, when, size, profile, name.`,
  options: {
    search: { type: 'string', short: 's', value: 'TEXT', about: 'only those with TEXT in their name' },
    ids: { type: 'boolean', about: 'only their file_ids' },
    ...SERVER_OPTIONS,
  },
  examples: ['reelight list', 'reelight list --search holiday', 'reelight delete $(reelight list --ids --search test)'],
  async run({ client, values, world: { out, env, signal } }) {
    const q = typeof values.search === 'string' ? values.search : undefined;
    const paint = painter(out.isTTY === true && wantsColours(values, env));
    const line = (video: VideoRecord) =>
      values.json ? JSON.stringify(video) : values.ids ? video.file_id : row(video, paint);
    let cursor: string | null | undefined;
    let count = 0;
    do {
      const page = await client.list({ limit: 50, signal, ...(q && { q }), ...(cursor && { cursor }) });
      for (const video of page.videos) out.write(`${line(video)}\n`);
      count += page.videos.length;
      cursor = page.cursor;
    } while (cursor);
    if (count === 0 && !values.json && !values.ids) out.write(q ? 'No video of that name.\n' : 'No videos yet.\n');
    return 0;
  },
});

const COLOURS = {
  awaiting_upload: 'dim',
  uploaded: 'dim',
  processing: 'cyan',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
} as const satisfies Record<VideoRecord['status'], Parameters<ReturnType<typeof painter>>[0]>;

function row(video: VideoRecord, paint: ReturnType<typeof painter>): string {
  const { file_id, status, created_at, size, profile, filename, processes } = video;
  const { progress } = processes.video_enhancement;
  const state = status === 'processing' ? `${Math.floor(progress)} %` : status.replace('_', ' ');
  const cells = [
    paint(COLOURS[status], state.padEnd(15)),
    created_at.slice(0, 16).replace('T', ' '),
    bytes(size).padStart(9),
    profile.padEnd(11),
  ];
  return [file_id, ...cells, safe(filename)].join('  ');
}

export const watch = serverCommand({
  name: 'watch',
  summary: 'follow videos until nothing more happens to them',
  takes: 'videos',
  about:
    'Follows videos until nothing more happens to them: a line for each change. Exit code 1 when one of them failed.',
  options: SERVER_OPTIONS,
  examples: ['reelight watch 5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11', 'reelight watch $(reelight list --ids) --json'],
  async run({ ids, client, values, world: { out, signal } }) {
    let failed = 0;
    await inParallel(ids, ids.length, async (id) => {
      let last: VideoState | undefined;
      let told = '';
      for await (const state of client.watch(id, signal)) {
        last = state;
        const line = values.json ? JSON.stringify(state) : `${id}: ${words(state)}`;
        if (line !== told) out.write(`${line}\n`);
        told = line;
      }
      if (last && Object.values(last.processes).some(({ status }) => status === 'failed')) failed += 1;
    });
    return failed;
  },
});

function words({ uploaded, processes }: VideoState): string {
  if (!uploaded) return 'being uploaded';
  const { video_enhancement: enhancement, metadata_extraction: metadata } = processes;
  const each = (name: string, { status, progress, error }: typeof enhancement) =>
    `${name} ${status}${status === 'processing' ? ` ${Math.floor(progress)} %` : ''}${error ? ` (${safe(error)})` : ''}`;
  return `${each('enhancement', enhancement)}, ${each('metadata', metadata)}`;
}

export const cancel = serverCommand({
  name: 'cancel',
  summary: 'stop the work on videos',
  takes: 'videos',
  about: 'Stops the work on videos. What was finished by then stays.',
  options: SERVER_OPTIONS,
  examples: ['reelight cancel 5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11'],
  run: ({ client, each, world: { signal } }) =>
    each(async (id) => {
      await client.cancel(id, signal);
      return 'cancelled';
    }),
});

export const retry = serverCommand({
  name: 'retry',
  summary: 'work on videos once more, in another way too',
  takes: 'videos',
  about: 'Works on videos once more, after they failed, were cancelled or are done.',
  options: {
    profile: {
      type: 'string',
      value: 'NAME',
      choices: PROFILE_NAMES,
      about: `with another profile: ${PROFILE_NAMES.join(', ')}`,
    },
    'keep-hdr': { type: 'boolean', about: 'HDR10 and HLG stay what they are, without repairs' },
    'to-sdr': { type: 'boolean', about: 'HDR10 and HLG are brought to standard range again' },
    ...SERVER_OPTIONS,
  },
  examples: ['reelight retry 5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11 --profile classic'],
  run({ client, each, values, world: { signal } }) {
    const changes = { profile: profileIn(values.profile), hdr: hdrIn(values) };
    return each(async (id) => `attempt ${(await client.retry(id, changes, signal)).attempt} begins`);
  },
});

function profileIn(name: unknown): ProfileName | undefined {
  if (name === undefined || isProfile(name)) return name;
  throw new UsageError([noSuchProfile(name)]);
}

function hdrIn({ 'keep-hdr': keep, 'to-sdr': bring }: Record<string, unknown>): HdrChoice | undefined {
  if (keep && bring) throw new UsageError(['--keep-hdr and --to-sdr: only one of them']);
  return keep ? 'keep' : bring ? 'sdr' : undefined;
}

export const remove = serverCommand({
  name: 'delete',
  summary: 'delete videos and all that was made of them',
  takes: 'videos',
  about: 'Deletes videos: the source and everything that was made of it. There is no way back.',
  options: SERVER_OPTIONS,
  examples: ['reelight delete 5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11'],
  run: ({ client, each, world: { signal } }) =>
    each(async (id) => {
      await client.remove(id, signal);
      return 'deleted';
    }),
});

export const open = serverCommand({
  name: 'open',
  summary: 'open the page, or a finished video, in the browser',
  takes: 'one video',
  about: "Opens Reelight's page in the browser, or a finished video.",
  options: { print: { type: 'boolean', about: 'only say the address' }, ...SERVER_OPTIONS },
  examples: ['reelight open', 'vlc $(reelight open --print 5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11)'],
  async run({ ids: [id], base, client, values, world: { out, env, signal } }) {
    const enhanced = id && (await client.get(id, signal)).outputs.enhanced?.path;
    // Where people sign in, the page does that first; a file alone would be refused.
    const path = enhanced && tokenFrom(values, env) ? `/#/videos/${id}` : id ? enhanced : '/';
    if (!path) throw new LocalError('not_ready', `${id} is not finished yet: reelight watch ${id} follows it.`);
    const address = new URL(path, base).href;
    out.write(values.json ? `${JSON.stringify({ address })}\n` : `${address}\n`);
    if (!values.print) await openInBrowser(address, env);
    return 0;
  },
});
