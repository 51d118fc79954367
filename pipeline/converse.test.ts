import { expect, it } from 'vitest';
import type { Reply } from '../core/conversation.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { converse } from './converse.ts';

async function say(text: string, owner: string | null = null): Promise<Reply> {
  const { ports } = twins();
  await ports.videos.create(aVideo({ owner: 'ana' }));
  await ports.connections.add({ connection_id: 'c', owner, client_id: 'me', connected_at: ports.now().toISOString() });
  const replies: Reply[] = [];
  const audience = {
    tell: async (_: string, reply: unknown) => {
      replies.push(reply as Reply);
      return 'told' as const;
    },
  };
  await converse({ ...ports, audience }, 'c', text);
  expect(replies).toHaveLength(1);
  return replies[0] as Reply;
}

const file_id = aVideo().file_id;

it('answers what it knows', async () => {
  expect(await say('{"action":"ping"}')).toMatchObject({ type: 'pong' });
  expect(await say(JSON.stringify({ action: 'subscribe', file_id }))).toMatchObject({
    type: 'subscribed',
    file_id,
    seq: 1,
  });
  const left = await say(JSON.stringify({ action: 'unsubscribe', file_id }));
  expect(left).toMatchObject({ type: 'unsubscribed', file_id, seq: 1 });
  const nothing = '01234567-89ab-4def-8123-456789abcdef';
  expect(await say(JSON.stringify({ action: 'subscribe', file_id: nothing }))).toMatchObject({ seq: 0 });
});

it('answers any other text as a message', async () => {
  for (const text of ['hello', '{"no":"action"}', '[1]', 'null', '{broken']) {
    expect(await say(text)).toMatchObject({ type: 'message', content: `Received: ${text}` });
  }
});

it('says what is wrong with an action', async () => {
  for (const text of ['{"action":"dance"}', '{"action":"subscribe"}', '{"action":"subscribe","file_id":"x"}']) {
    expect(await say(text)).toMatchObject({ type: 'error', code: 'unknown_action' });
  }
});

it('does not echo without end', async () => {
  const reply = await say('x'.repeat(100_000));
  expect(JSON.stringify(reply).length).toBeLessThan(2_000);
});

it('tells nothing of a video to a connection that is not there any more', async () => {
  const { ports } = twins();
  await ports.videos.create(aVideo({ owner: 'ana' }));
  ports.audience.open('gone');
  for (const action of ['subscribe', 'unsubscribe']) {
    await converse(ports, 'gone', JSON.stringify({ action, file_id }));
  }
  expect(ports.audience.told('gone')).toMatchObject([{ seq: 0 }, { seq: 0 }]);
  expect(await ports.connections.listeners({ owner: null, client_id: 'me' }, file_id)).toEqual([]);
});

it('lets the owner follow a video, and knows nothing of it to anybody else who signed in', async () => {
  const subscribe = JSON.stringify({ action: 'subscribe', file_id });
  expect(await say(subscribe, 'ana')).toMatchObject({ type: 'subscribed', file_id });
  expect(await say(subscribe, 'ben')).toMatchObject({ type: 'error', code: 'file_not_found' });
  expect(await say(JSON.stringify({ action: 'unsubscribe', file_id }), 'ben')).toMatchObject({ seq: 0 });
});
