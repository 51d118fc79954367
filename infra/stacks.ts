import {
  type App,
  CliCredentialsStackSynthesizer,
  type IStackSynthesizer,
  ReferenceStrength,
  Stack,
  type StackProps,
  Tags,
} from 'aws-cdk-lib';
import { ApiStack } from './api-stack.ts';
import type { Artifacts } from './artifacts.ts';
import { brokerFor } from './broker.ts';
import { BrokerStack } from './broker-stack.ts';
import type { AwsConfig, Config, EmulatorConfig } from './config.ts';
import { DataStack } from './data-stack.ts';
import { DeliveryStack } from './delivery-stack.ts';
import { EdgeStack, hasEdge } from './edge-stack.ts';
import { EdgeWatchStack } from './edge-watch-stack.ts';
import { boundHelpers } from './helper-functions.ts';
import { IdentityStack } from './identity-stack.ts';
import { signInOf } from './issuer.ts';
import { awsStackNames, stackNames } from './names.ts';
import { NetworkStack } from './network-stack.ts';
import { OneMachineStack } from './one-machine-stack.ts';
import { WatchStack } from './watch-stack.ts';
import { WorkersStack } from './workers-stack.ts';

const DESCRIPTIONS = {
  network: 'the network of what reaches the broker',
  data: 'the table, the buckets, and the queue of sources that have arrived',
  broker: 'RabbitMQ, its login and its queues',
  identity: 'who may sign in',
  api: 'the HTTP and WebSocket APIs and the functions behind them',
  workers: 'the enhancers, as many as there is work for',
  edge: 'what CloudFront looks for in us-east-1: firewall and certificate',
  delivery: 'one address for everything, and the page',
  watch: 'alarms, a dashboard, the budget',
  edgeWatch: "the alarm on CloudFront's own figures",
  oneMachine: 'roles for what runs as plain processes on one machine',
} as const;

/** All stacks of one deployment, in the order in which they build on each other. */
export function defineStacks(app: App, config: Config, artifacts: Artifacts): Record<string, Stack> {
  Tags.of(app).add('application', config.name);
  return config.target === 'aws' ? onAws(app, config, artifacts) : onOneMachine(app, config, artifacts);
}

function onOneMachine(app: App, config: EmulatorConfig, artifacts: Artifacts) {
  const names = stackNames(config);
  // No bootstrapped roles: the credentials at hand deploy, and the assets bucket is all it takes.
  const props = (of: keyof typeof names) => ({
    // The library's own classes miss its interfaces by optional properties that may be undefined.
    synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer,
    config,
    description: `Reelight: ${DESCRIPTIONS[of]}`,
  });
  const data = new DataStack(app, names.data, props('data'));
  const broker = (stack: Stack) => brokerFor(stack, config);
  const signIn = signInOf(config);
  if (signIn === 'ours') throw new Error('One machine has an issuer of its own.');
  const api = new ApiStack(app, names.api, { ...props('api'), data, artifacts, broker, signIn });
  const oneMachine = new OneMachineStack(app, names.oneMachine, { ...props('oneMachine'), data, api });
  return { data, api, oneMachine };
}

/** Where CloudFront looks for certificates and firewalls, and where its metrics are. */
const EDGE_REGION = 'us-east-1';

function onAws(app: App, config: AwsConfig, artifacts: Artifacts) {
  const names = awsStackNames(config);
  const props = (of: keyof typeof names, region = config.region): StackProps & { config: AwsConfig } => ({
    env: { region },
    config,
    description: `Reelight: ${DESCRIPTIONS[of]}`,
  });
  const network = new NetworkStack(app, names.network, props('network'));
  const data = new DataStack(app, names.data, props('data'));
  const broker = new BrokerStack(app, names.broker, { ...props('broker'), network, artifacts });
  const { inside } = network;
  const wanted = signInOf(config);
  const pool = wanted === 'ours' ? new IdentityStack(app, names.identity, props('identity')) : undefined;
  const signIn = wanted === 'ours' ? pool?.signIn : wanted;
  const api = new ApiStack(app, names.api, { ...props('api'), data, artifacts, broker, inside, signIn });
  const workers = new WorkersStack(app, names.workers, { ...props('workers'), network, broker, api, artifacts });
  const edge = hasEdge(config) ? new EdgeStack(app, names.edge, props('edge', EDGE_REGION)) : undefined;
  const delivery = new DeliveryStack(app, names.delivery, {
    ...props('delivery'),
    data,
    api,
    artifacts,
    signIn,
    identity: pool,
    edge: {
      webAclArn: edge?.webAclArn && acrossRegions(config, edge.webAclArn),
      certificateArn: config.certificateArn ?? (edge?.certificateArn && acrossRegions(config, edge.certificateArn)),
    },
  });
  if (edge) delivery.addStackDependency(edge);
  const watched = { data, broker, api, workers, delivery };
  const watch = new WatchStack(app, names.watch, { ...props('watch'), watched, artifacts });
  const edgeWatch = new EdgeWatchStack(app, names.edgeWatch, {
    ...props('edgeWatch', EDGE_REGION),
    distributionId: acrossRegions(config, delivery.distribution.distributionId),
  });
  edgeWatch.addStackDependency(delivery);
  boundHelpers(app, config);
  return {
    network,
    data,
    broker,
    ...(pool && { identity: pool }),
    api,
    workers,
    ...(edge && { edge }),
    delivery,
    watch,
    edgeWatch,
  };
}

/** CloudFormation reads the other stack's output itself; the strong kind of reference would take two functions more. */
function acrossRegions({ region }: AwsConfig, value: string): string {
  return region === EDGE_REGION ? value : Stack.consumeReference(value, ReferenceStrength.WEAK);
}
