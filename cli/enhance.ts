import { resolve } from 'node:path';
import { createClient, DEFAULT_TIMING, inParallel, sleep } from '../client/node.ts';
import { ReelightError } from '../core/errors.ts';
import { homeFrom } from '../local/home.ts';
import { ENHANCE, type EnhanceArguments, readArguments } from './arguments.ts';
import { EXIT, type World } from './command.ts';
import { enhanceFile } from './enhance-file.ts';
import { clientId } from './identity.ts';
import { openJournal } from './journal.ts';
import { helpOf, wantsColours } from './manual.ts';
import { reachServer, serverFrom, tokenFrom } from './reach-server.ts';
import { jsonReport } from './reports/json.ts';
import { liveReport } from './reports/live.ts';
import { plainReport } from './reports/plain.ts';
import type { Report } from './reports/report.ts';
import { checkSources, expandPatterns, type Source } from './sources.ts';
import { chooseTargets, prepareTargets, type Target } from './targets.ts';
import { UsageError } from './usage.ts';
import { announceUse, type Users } from './users.ts';

/** Files under way at once. Each sends several parts at once, so more would not be faster. */
const FILES_AT_ONCE = 4;

const NEVER = new AbortController().signal;

/** `enhance FILE…`. Answers the exit code. */
export async function enhance(argv: string[], world: World): Promise<number> {
  const { out, err, env, cwd, signal } = world;
  let plan: Plan;
  try {
    const options = readArguments(argv);
    if (options.help) {
      out.write(helpOf(ENHANCE));
      return EXIT.done;
    }
    plan = {
      ...options,
      server: serverFrom(options.values, env),
      token: tokenFrom(options.values, env),
      work: await planWork(options.files, options.out, cwd),
    };
  } catch (error) {
    if (!(error instanceof ReelightError)) throw error;
    for (const line of error instanceof UsageError ? error.problems : [error.message]) err.write(`enhance: ${line}\n`);
    return EXIT.usage;
  }

  const report = reportFor(plan.values, world);
  const announce = () => report.note('Cancelling … (Ctrl-C again ends at once)');
  signal.addEventListener('abort', announce);
  let users: Users | undefined;
  try {
    users = announceUse(homeFrom(env).run);
    const server = await reachServer({
      ...plan.server,
      start: () => world.startPipeline(report.note, signal),
      note: report.note,
      signal,
    });
    try {
      const { hopeless = NEVER } = server;
      const until = AbortSignal.any([signal, hopeless]);
      const code = await enhanceAll(plan, server.base, report, { ...world, signal: until });
      if (server.started) await untilUnused(users, report, until);
      if (hopeless.aborted && !signal.aborted && code !== EXIT.done) throw hopeless.reason;
      return code;
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    if (!isForPeople(error)) throw error;
    report.close();
    err.write(`enhance: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    signal.removeEventListener('abort', announce);
    users?.release();
    report.close();
  }
}

/** Errors of ours and of the operating system (a full disk, a home that may not be written) say what is wrong. */
function isForPeople(error: unknown): error is Error {
  return error instanceof ReelightError || (error instanceof Error && 'syscall' in error);
}

interface Plan extends Pick<EnhanceArguments, 'profile' | 'hdr' | 'values'> {
  work: { source: Source; target: Target }[];
  server: ReturnType<typeof serverFrom>;
  token: string | undefined;
}

async function planWork(files: string[], out: string | undefined, cwd: string): Promise<Plan['work']> {
  const sources = await checkSources(await expandPatterns(files, cwd), cwd);
  const targets = chooseTargets(sources, out === undefined ? undefined : resolve(cwd, out));
  await prepareTargets(targets, out, cwd);
  return sources.flatMap((source, at) => (targets[at] ? [{ source, target: targets[at] }] : []));
}

async function enhanceAll(
  { work, profile, hdr, token }: Plan,
  base: string,
  report: Report,
  world: World,
): Promise<number> {
  const home = homeFrom(world.env).root;
  const timing = { ...DEFAULT_TIMING, ...world.timing };
  const journal = await openJournal(home);
  const client = createClient({ baseUrl: base, clientId: await clientId(home), token, timing });
  const count = { done: 0, failed: 0, cancelled: 0 };
  report.begin(work.map(({ source: { label, size } }) => ({ file: label, size })));
  await inParallel(work, FILES_AT_ONCE, async ({ source, target }) => {
    const each = { client, timing, journal, base, profile, hdr, report: report.file, signal: world.signal };
    count[await enhanceFile(source, target, each)] += 1;
  });
  report.summary(count);
  if (world.signal.aborted) return EXIT.interrupted;
  return count.failed > 0 ? EXIT.failed : EXIT.done;
}

/** Others may have come to use what this command started. Somebody who interrupts does not wait for them. */
async function untilUnused(users: Users, report: Report, signal: AbortSignal): Promise<void> {
  for (let told = false; users.others() && !signal.aborted; told = true) {
    if (!told) report.note('Another command still uses this Reelight: it is stopped when that one is done.');
    await sleep(500, signal).catch(() => {});
  }
}

function reportFor(values: Record<string, unknown>, { out, err, env, cwd }: World): Report {
  if (values.json) return jsonReport(out, err);
  if (!out.isTTY || env.TERM === 'dumb') return plainReport(out, err, cwd);
  return liveReport(out, wantsColours(values, env), cwd);
}
