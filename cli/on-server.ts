import { type Client, createClient, DEFAULT_TIMING } from '../client/node.ts';
import { ReelightError } from '../core/errors.ts';
import { FileId } from '../core/video.ts';
import { LocalError } from '../local/errors.ts';
import { homeFrom } from '../local/home.ts';
import { type Command, EXIT, type World } from './command.ts';
import { clientId } from './identity.ts';
import { helpOf, hintOf, type Manual, parse } from './manual.ts';
import { reachServer, serverFrom, tokenFrom } from './reach-server.ts';
import { codeOf, messageOf, reasonOf } from './reasons.ts';
import { safe } from './reports/text.ts';
import { UsageError } from './usage.ts';

/** A command that asks the Reelight that runs already; it starts none, since what it asks about would not be there. */
export interface ServerCommand extends Manual {
  /** Throws for what fails as a whole. Answers how many of its videos failed. */
  run(given: Given): Promise<number>;
}

export interface Given {
  ids: string[];
  values: Record<string, unknown>;
  client: Client;
  base: string;
  world: World;
  /** For one video after the other: a line for each that fails, and how many did. */
  each(act: (id: string) => Promise<string>): Promise<number>;
}

/** Makes a command of the command line: arguments in, exit code out. */
export function serverCommand({ run, ...manual }: ServerCommand): Command {
  return {
    manual,
    async run(argv, world) {
      const { out, err, env, signal } = world;
      try {
        const { ids, values } = read(manual, argv);
        if (values.help) {
          out.write(helpOf(manual));
          return EXIT.done;
        }
        const { base } = await reachServer({ ...serverFrom(values, env), start: notRunning, note: () => {}, signal });
        const timing = { ...DEFAULT_TIMING, ...world.timing };
        const token = tokenFrom(values, env);
        const client = createClient({ baseUrl: base, clientId: await clientId(homeFrom(env).root), token, timing });
        const each = (act: (id: string) => Promise<string>) => inTurn(ids, act, world, values.json === true);
        const failed = await run({ ids, values, client, base, world, each });
        return failed > 0 ? EXIT.failed : EXIT.done;
      } catch (error) {
        if (signal.aborted) return EXIT.interrupted;
        if (!(error instanceof ReelightError)) throw error;
        for (const line of error instanceof UsageError ? error.problems : [reasonOf(error)]) {
          err.write(`${manual.name}: ${safe(line)}\n`);
        }
        return error instanceof UsageError ? EXIT.usage : EXIT.failed;
      }
    },
  };
}

function read(manual: Manual, argv: string[]) {
  const { values, positionals: ids } = parse(manual, argv);
  if (values.help) return { ids, values };
  const { takes } = manual;
  const hint = hintOf(manual);
  const problems = [
    ...(takes === 'videos' && ids.length === 0 ? [`Name at least one video by its file_id ${hint}`] : []),
    ...(takes === 'nothing' && ids.length > 0 ? [`${ids[0]}: takes no video ${hint}`] : []),
    ...(takes === 'one video' && ids.length > 1 ? [`Takes one video ${hint}`] : []),
    ...ids.filter((id) => !FileId.safeParse(id).success).map((id) => `${id}: is no file_id; reelight list shows them`),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  return { ids, values };
}

function notRunning(): never {
  throw new LocalError('not_running', 'Reelight does not run here: npm start, or PORT=… for where it does.');
}

async function inTurn(ids: string[], act: (id: string) => Promise<string>, { out, err, signal }: World, json: boolean) {
  let failed = 0;
  for (const id of ids) {
    try {
      const done = await act(id);
      out.write(json ? `${JSON.stringify({ file_id: id, done })}\n` : `${id}: ${safe(done)}\n`);
    } catch (error) {
      if (signal.aborted || !(error instanceof ReelightError)) throw error;
      failed += 1;
      const reason = { code: codeOf(error), message: messageOf(error) };
      if (json) out.write(`${JSON.stringify({ file_id: id, error: reason })}\n`);
      else err.write(`${id}: ${safe(reason.message)}\n`);
    }
  }
  return failed;
}
