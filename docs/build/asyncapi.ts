import { z } from 'zod';
import { Ask, Reply } from '../../core/conversation.ts';
import { QUEUES, RETRY_DELAYS_MS, TaskMessage } from '../../core/messages.ts';
import { Greeting, StatusUpdate, UploadStatus } from '../../core/notices.ts';
import { CLIENT_ID } from '../../core/video.ts';
import examples from '../../lambdas/api/examples.json' with { type: 'json' };
import reelight from '../../package.json' with { type: 'json' };

const schema = (type: z.ZodType) => {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io: 'input' });
  return rest;
};

/** What travels without being asked for: the WebSocket, and the tasks on RabbitMQ. https://www.asyncapi.com, 3.0 */
export function asyncApi() {
  const message = (title: string, summary: string, payload: z.ZodType, example?: object) => ({
    title,
    summary,
    payload: schema(payload),
    ...(example && { examples: [{ payload: example }] }),
  });
  const { connection, upload_status, status_update } = examples.notices;
  const toClient = {
    connection: message('Greeting', 'The first message on every connection.', Greeting, connection),
    upload_status: message('Upload status', 'All bytes of a video have arrived.', UploadStatus, upload_status),
    status_update: message('Status update', 'Where one process of one video stands.', StatusUpdate, status_update),
    reply: message('Reply', 'The answer to what the client sent.', Reply),
  };
  const refs = (channel: string, names: string[]) =>
    names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Reelight: live state and tasks',
      version: reelight.version,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      description: [
        'Clients connect to `/ws/{client_id}` and hear of every change to their videos.',
        'On connect comes a greeting, then one `status_update` for each process of each video that is in flight or',
        'changed in the last 24 hours, so that a reconnect misses nothing. `seq` grows with each change of a video:',
        'drop what is not newer than what you have.',
      ].join(' '),
    },
    channels: {
      live: {
        address: '/ws/{client_id}',
        description: 'One connection a client, as many as it likes.',
        parameters: { client_id: { description: `Who listens: ${CLIENT_ID.source}` } },
        bindings: { ws: { method: 'GET' } },
        messages: { ...toClient, ask: message('Ask', 'What a client may send.', Ask) },
      },
      tasks: {
        address: '{message_type}',
        description: [
          'A topic exchange on RabbitMQ; the routing key is the message’s type.',
          ...Object.values(QUEUES).map(({ name, keys }) => `Queue \`${name}\` takes ${keys.join(' and ')}.`),
          `What fails comes again after ${RETRY_DELAYS_MS.map((ms) => `${ms / 1000} s`).join(', ')}.`,
        ].join(' '),
        parameters: {
          message_type: {
            enum: Object.values(QUEUES)
              .flatMap(({ keys }) => [...keys])
              .filter((key, at, all) => all.indexOf(key) === at),
          },
        },
        bindings: { amqp: { is: 'routingKey', exchange: { name: 'reelight', type: 'topic', durable: true } } },
        messages: { task: message('Task', 'Work on one attempt of one video.', TaskMessage) },
      },
    },
    operations: {
      tell: {
        action: 'send',
        summary: 'The service tells a client what changed.',
        channel: { $ref: '#/channels/live' },
        messages: refs('live', Object.keys(toClient)),
      },
      hear: {
        action: 'receive',
        summary: 'A client asks.',
        channel: { $ref: '#/channels/live' },
        messages: refs('live', ['ask']),
      },
      work: {
        action: 'receive',
        summary: 'A worker takes a task.',
        channel: { $ref: '#/channels/tasks' },
        messages: refs('tasks', ['task']),
      },
    },
  };
}
