import { type App, CliCredentialsStackSynthesizer, type IStackSynthesizer, type StackProps, Tags } from 'aws-cdk-lib';
import { ApiStack } from './api-stack.ts';
import type { Config } from './config.ts';
import { DataStack } from './data-stack.ts';
import type { FunctionCode } from './functions.ts';
import { stackNames } from './names.ts';
import { OneMachineStack } from './one-machine-stack.ts';

/** All stacks of one deployment, in the order in which they build on each other. */
export function defineStacks(app: App, config: Config, code: FunctionCode) {
  const names = stackNames(config);
  Tags.of(app).add('application', config.name);
  const data = new DataStack(app, names.data, {
    ...synthesizer(config),
    config,
    description: 'Reelight: the table, the buckets, and the queue of sources that have arrived',
  });
  const api = new ApiStack(app, names.api, {
    ...synthesizer(config),
    config,
    data,
    code,
    description: 'Reelight: the HTTP and WebSocket APIs and the functions behind them',
  });
  if (config.target === 'aws') return { data, api };
  const oneMachine = new OneMachineStack(app, names.oneMachine, {
    ...synthesizer(config),
    config,
    data,
    api,
    description: 'Reelight: roles for what runs as plain processes on one machine',
  });
  return { data, api, oneMachine };
}

/** The emulator needs no bootstrapped roles: the credentials at hand deploy, and its assets bucket is all it takes. */
function synthesizer({ target }: Config): Pick<StackProps, 'synthesizer'> {
  // The library's own classes miss its interfaces by optional properties that may be undefined.
  return target === 'emulator' ? { synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer } : {};
}
