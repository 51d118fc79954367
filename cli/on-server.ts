import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Client, createClient, DEFAULT_TIMING } from '../client/index.ts';
import { ReelightError } from '../core/errors.ts';
import { FileId } from '../core/video.ts';
import { LocalError } from '../local/errors.ts';
import { homeFrom } from '../local/home.ts';
import { portsFrom } from '../local/ports.ts';
import { EXIT, type World } from './enhance.ts';
import { clientId } from './identity.ts';
import { reachServer } from './reach-server.ts';
import { messageOf } from './reasons.ts';
import { safe } from './reports/text.ts';
import { UsageError } from './usage.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** A command that asks the Reelight that runs already; it starts none, since what it asks about would not be there. */
export interface ServerCommand<O extends Options> {
  name: string;
  /** For `--help`: the usage line, then what it does. */
  help: string;
  options: O;
  /** How many videos it takes: none, at least one, or one at most. */
  takes: 'none' | 'some' | 'one at most';
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
export function serverCommand<O extends Options>(command: ServerCommand<O>) {
  return async (argv: string[], world: World): Promise<number> => {
    const { out, err, env, signal } = world;
    try {
      const { ids, values } = read(command, argv);
      if (values.help) {
        out.write(`${command.help}\n`);
        return EXIT.done;
      }
      const { base } = await reachServer({ port: portsFrom(env).edge, start: notRunning, note: () => {}, signal });
      const timing = { ...DEFAULT_TIMING, ...world.timing };
      const client = createClient({ baseUrl: base, clientId: await clientId(homeFrom(env).root), timing });
      const failed = await command.run({ ids, values, client, base, world, each: (act) => inTurn(ids, act, world) });
      return failed > 0 ? EXIT.failed : EXIT.done;
    } catch (error) {
      if (signal.aborted) return EXIT.interrupted;
      if (!(error instanceof ReelightError)) throw error;
      for (const line of error instanceof UsageError ? error.problems : [error.message]) {
        err.write(`${command.name}: ${safe(line)}\n`);
      }
      return error instanceof UsageError ? EXIT.usage : EXIT.failed;
    }
  };
}

function read<O extends Options>({ name, options, takes }: ServerCommand<O>, argv: string[]) {
  const all = { ...options, help: { type: 'boolean', short: 'h' } } satisfies Options;
  const { values, positionals: ids } = parse(all, argv);
  if (values.help) return { ids, values };
  const hint = `(reelight ${name} --help tells more)`;
  const problems = [
    ...(takes === 'some' && ids.length === 0 ? [`Name at least one video by its file_id ${hint}`] : []),
    ...(takes === 'none' && ids.length > 0 ? [`${ids[0]}: takes no video ${hint}`] : []),
    ...(takes === 'one at most' && ids.length > 1 ? [`Takes one video ${hint}`] : []),
    ...ids.filter((id) => !FileId.safeParse(id).success).map((id) => `${id}: is no file_id; reelight list shows them`),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  return { ids, values };
}

function parse(options: Options, argv: string[]): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true });
  } catch (cause) {
    throw new UsageError([cause instanceof Error ? cause.message : String(cause)], { cause });
  }
}

function notRunning(): never {
  throw new LocalError('not_running', 'Reelight does not run here: npm start, or PORT=… for where it does.');
}

async function inTurn(ids: string[], act: (id: string) => Promise<string>, { out, err, signal }: World) {
  let failed = 0;
  for (const id of ids) {
    try {
      out.write(`${id}: ${safe(await act(id))}\n`);
    } catch (error) {
      if (signal.aborted || !(error instanceof ReelightError)) throw error;
      failed += 1;
      err.write(`${id}: ${safe(messageOf(error))}\n`);
    }
  }
  return failed;
}
