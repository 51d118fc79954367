import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectBroker } from '../../adapters/rabbitmq/broker.ts';
import { rabbitManagement } from '../../adapters/rabbitmq/management.ts';
import { brokerCredentials } from '../../adapters/secretsmanager/broker-credentials.ts';
import { secretVersions } from '../../adapters/secretsmanager/secret-versions.ts';
import { silentLog } from '../../core/log.ts';
import { QUEUES } from '../../core/messages.ts';
import { handler as declare } from '../../lambdas/topology/index.ts';
import { freePorts } from '../../local/ports.ts';
import { rotate, STEPS } from '../../ops/rotate-login.ts';
import { task } from '../conformance/task-queue.ts';
import { emulator } from './emulator.ts';
import { type OwnBroker, startOwnBroker } from './own-broker.ts';

/*
 * What the broker's stack runs, at the real broker, its management API, and a Secrets Manager with versions: the queues are
 * declared, and the password changes while somebody is connected.
 */

let rabbit: OwnBroker;
let management: string;
const secrets = new SecretsManagerClient(emulator());
let secretId: string;

beforeAll(async () => {
  rabbit = await startOwnBroker();
  const [port] = await freePorts(1);
  management = `http://127.0.0.1:${port}`;
  await rabbit.ctl(
    'eval',
    `application:set_env(rabbitmq_management, tcp_config, [{port, ${port}}, {ip, "127.0.0.1"}]),
     {ok, File} = application:get_env(rabbit, enabled_plugins_file),
     ok = file:write_file(File, "[rabbitmq_management]."),
     rabbit_plugins:ensure(File).`,
  );
  await rabbit.ctl('set_user_tags', rabbit.credentials.username, 'administrator');
  const { ARN = '' } = await secrets.send(
    new CreateSecretCommand({ Name: `rotation-${randomUUID()}`, SecretString: JSON.stringify(rabbit.credentials) }),
  );
  secretId = ARN;
}, 120_000);
afterAll(async () => {
  await rabbit?.remove();
  if (secretId) await secrets.send(new DeleteSecretCommand({ SecretId: secretId, ForceDeleteWithoutRecovery: true }));
});

/** Calls the function as CloudFormation does, and answers what that is told. */
async function cloudFormation(RequestType: 'Create' | 'Delete'): Promise<Record<string, unknown>> {
  const told: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    told.push(JSON.parse((await request.toArray()).join('')));
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const event = { RequestType, ResponseURL, StackId: 's', RequestId: 'r', LogicalResourceId: 'Queues' };
  try {
    const context = { getRemainingTimeInMillis: () => 45_000 } as Context;
    await declare(event as CloudFormationCustomResourceEvent, context);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
  expect(told).toHaveLength(1);
  return told[0] ?? {};
}

describe('when it is deployed', () => {
  beforeAll(() => {
    vi.stubEnv('BROKER_URL', rabbit.url);
    vi.stubEnv('BROKER_SECRET_ARN', secretId);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
  const queues = async () => (await rabbit.ctl('list_queues', 'name', '--no-table-headers')).split('\n');

  it('has its queues, however often, and keeps them until the broker goes', async () => {
    expect(await queues()).not.toContain(QUEUES.metadata.name);
    for (const request of ['Create', 'Create', 'Delete'] as const) {
      expect(await cloudFormation(request)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'queues' });
      expect(await queues()).toEqual(expect.arrayContaining(Object.values(QUEUES).map(({ name }) => name)));
    }
  });

  it('is refused, with the reason, where there are queues of another kind', async () => {
    await rabbit.ctl('delete_queue', QUEUES.metadata.name);
    await rabbit.ctl(
      'eval',
      `rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, <<"${QUEUES.metadata.name}">>), true, false, [], none, <<"test">>).`,
    );
    expect(await cloudFormation('Create')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/queue reelight\.metadata exists .* other arguments/),
    });
    await rabbit.ctl('delete_queue', QUEUES.metadata.name);
  });
});

it('changes the password, and whoever is connected or connects again goes on', async () => {
  const credentials = () => brokerCredentials(secrets, secretId);
  const broker = await connectBroker({ url: rabbit.url, credentials, name: 'test', log: silentLog });
  const api = rabbitManagement(management);
  const token = randomUUID();
  for (const step of STEPS) {
    await rotate(api, secretVersions(secrets, secretId), step, token);
    await broker.publish(task('video.enhance'));
  }

  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  const login = JSON.parse(SecretString);
  expect(login.username).toBe(rabbit.credentials.username);
  expect(await api.accepts(login)).toBe(true);
  expect(await api.accepts(rabbit.credentials)).toBe(false);
  const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  expect(VersionIdsToStages?.[token]).toContain('AWSCURRENT');

  await rabbit.ctl('close_all_connections', 'the password has changed');
  await broker.publish(task('video.enhance'));
  await broker.close();
});

it('ends as it should when each step comes twice', async () => {
  const api = rabbitManagement(management);
  const token = randomUUID();
  for (const step of STEPS) {
    await rotate(api, secretVersions(secrets, secretId), step, token);
    await rotate(api, secretVersions(secrets, secretId), step, token);
  }
  expect(await api.accepts(await brokerCredentials(secrets, secretId))).toBe(true);
});
