import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inParallel, type VideoRecord, type VideoState } from '../client/index.ts';
import type { HdrChoice } from '../core/hdr-choice.ts';
import { PROFILE_NAMES, type ProfileName } from '../core/profiles/names.ts';
import { LocalError } from '../local/errors.ts';
import { serverCommand } from './on-server.ts';
import { bytes, safe } from './reports/text.ts';
import { UsageError } from './usage.ts';

/* What can be asked of a Reelight that runs, about videos that it has. */

export const list = serverCommand({
  name: 'list',
  help: `Usage: reelight list [--search TEXT] [--json]
Shows the videos that this command line has sent, newest first; with --search, those with TEXT in their name.`,
  options: { search: { type: 'string', short: 's' }, json: { type: 'boolean' } },
  takes: 'none',
  async run({ client, values, world: { out } }) {
    const q = typeof values.search === 'string' ? values.search : undefined;
    let cursor: string | null | undefined;
    let count = 0;
    do {
      const page = await client.list({ limit: 50, ...(q && { q }), ...(cursor && { cursor }) });
      for (const video of page.videos) out.write(`${values.json ? JSON.stringify(video) : row(video)}\n`);
      count += page.videos.length;
      cursor = page.cursor;
    } while (cursor);
    if (count === 0 && !values.json) out.write(q ? 'No video of that name.\n' : 'No videos yet.\n');
    return 0;
  },
});

function row({ file_id, status, created_at, size, profile, filename, processes }: VideoRecord): string {
  const { progress } = processes.video_enhancement;
  const state = status === 'processing' ? `${Math.floor(progress)} %` : status.replace('_', ' ');
  const cells = [
    state.padEnd(15),
    created_at.slice(0, 16).replace('T', ' '),
    bytes(size).padStart(9),
    profile.padEnd(11),
  ];
  return [file_id, ...cells, safe(filename)].join('  ');
}

export const watch = serverCommand({
  name: 'watch',
  help: `Usage: reelight watch ID… [--json]
Follows videos until nothing more happens to them: a line for each change. Exit code 1 when one of them failed.`,
  options: { json: { type: 'boolean' } },
  takes: 'some',
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
  help: 'Usage: reelight cancel ID…\nStops the work on videos. What was finished by then stays.',
  options: {},
  takes: 'some',
  run: ({ client, each, world: { signal } }) =>
    each(async (id) => {
      await client.cancel(id, signal);
      return 'cancelled';
    }),
});

export const retry = serverCommand({
  name: 'retry',
  help: `Usage: reelight retry ID… [--profile NAME] [--keep-hdr | --to-sdr]
Works on videos once more, after they failed, were cancelled or are done.
  --profile NAME   with another profile: ${PROFILE_NAMES.join(', ')}
  --keep-hdr       HDR10 and HLG stay what they are, without repairs
  --to-sdr         HDR10 and HLG are brought to standard range again`,
  options: { profile: { type: 'string' }, 'keep-hdr': { type: 'boolean' }, 'to-sdr': { type: 'boolean' } },
  takes: 'some',
  run({ client, each, values, world: { signal } }) {
    const changes = { profile: profileIn(values.profile), hdr: hdrIn(values) };
    return each(async (id) => `attempt ${(await client.retry(id, changes, signal)).attempt} begins`);
  },
});

function profileIn(name: unknown): ProfileName | undefined {
  const found = PROFILE_NAMES.find((each) => each === name);
  if (name !== undefined && !found) {
    throw new UsageError([`--profile ${name}: there is no such profile. There is: ${PROFILE_NAMES.join(', ')}`]);
  }
  return found;
}

function hdrIn({ 'keep-hdr': keep, 'to-sdr': bring }: Record<string, unknown>): HdrChoice | undefined {
  if (keep && bring) throw new UsageError(['--keep-hdr and --to-sdr: only one of them']);
  return keep ? 'keep' : bring ? 'sdr' : undefined;
}

export const remove = serverCommand({
  name: 'delete',
  help: 'Usage: reelight delete ID…\nDeletes videos: the source and everything that was made of it. There is no way back.',
  options: {},
  takes: 'some',
  run: ({ client, each, world: { signal } }) =>
    each(async (id) => {
      await client.remove(id, signal);
      return 'deleted';
    }),
});

export const open = serverCommand({
  name: 'open',
  help: `Usage: reelight open [ID] [--print]
Opens Reelight's page in the browser, or a finished video.
  --print   only says the address`,
  options: { print: { type: 'boolean' } },
  takes: 'one at most',
  async run({ ids: [id], base, client, values, world: { out, env, signal } }) {
    const path = id ? (await client.get(id, signal)).outputs.enhanced?.path : '/';
    if (!path) throw new LocalError('not_ready', `${id} is not finished yet: reelight watch ${id} follows it.`);
    const address = new URL(path, base).href;
    out.write(`${address}\n`);
    if (!values.print) await openInBrowser(address, env);
    return 0;
  },
});

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** @throws LocalError `no_browser` where this system has no way to open an address */
async function openInBrowser(address: string, env: NodeJS.ProcessEnv): Promise<void> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true, env });
  const failed = await Promise.race([once(child, 'error').then(() => true), once(child, 'spawn').then(() => false)]);
  if (failed) throw new LocalError('no_browser', 'No browser can be opened from here: open the address above by hand.');
  child.unref();
}
